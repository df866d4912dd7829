/* How the search of the built pages orders what it finds. Sphinx gives a page the score of its best word, so that pages
 * which hold several of the words tie: a page comes first whose headings hold more of them, and records of decisions
 * come last. The numbers are Sphinx's own. */
var wordsInHeadings = (docname) => {
  const asked = new URLSearchParams(window.location.search).get("q") || "";
  const words = asked.toLowerCase().split(/[^\p{Letter}\p{Number}_]+/u).filter((word) => word.length > 2);
  const page = Search._index.docnames.indexOf(docname);
  const headings = Object.entries(Search._index.alltitles).filter(([, places]) => places.some(([file]) => file === page));
  return Math.max(0, ...headings.map(([heading]) => words.filter((word) => heading.toLowerCase().includes(word)).length));
};
var Scorer = {
  score: ([docname, , , , score]) =>
    score + 5 * wordsInHeadings(docname) - (docname.startsWith("explanation/decisions/") ? 100 : 0),
  objNameMatch: 11,
  objPartialMatch: 6,
  objPrio: { 0: 15, 1: 5, 2: -5 },
  objPrioDefault: 0,
  title: 15,
  partialTitle: 7,
  term: 5,
  partialTerm: 2,
};
