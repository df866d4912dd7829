/* How the search of the built pages orders what it finds. Sphinx's own numbers; records of decisions come after all else. */
var Scorer = {
  score: ([docname, , , , score]) => (docname.startsWith("explanation/decisions/") ? score - 100 : score),
  objNameMatch: 11,
  objPartialMatch: 6,
  objPrio: { 0: 15, 1: 5, 2: -5 },
  objPrioDefault: 0,
  title: 15,
  partialTitle: 7,
  term: 5,
  partialTerm: 2,
};
