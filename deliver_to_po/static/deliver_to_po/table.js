/* The packing table: a sound for right and wrong, a look again while a label is made, the next parcel after printing or
   a scan. Without it the page does everything but sound, and a scan goes where the cursor is. */

const RIGHT = [[880, 0, 0.12]];
const WRONG = [[220, 0, 0.22], [180, 0.26, 0.3]];
const LOOKS_AGAIN_AFTER = 2000;
const LOOKS_AT_MOST = 60;

function play(notes) {
  const Context = window.AudioContext || window.webkitAudioContext;
  if (!Context) return;
  const context = new Context();
  for (const [frequency, from, seconds] of notes) {
    const tone = context.createOscillator();
    const volume = context.createGain();
    tone.frequency.value = frequency;
    volume.gain.value = 0.2;
    tone.connect(volume).connect(context.destination);
    tone.start(context.currentTime + from);
    tone.stop(context.currentTime + from + seconds);
  }
  document.documentElement.dataset.sound = context.state;
}

function lookAgain() {
  // What this entry of the tab's history has counted outlives reloading, and is no other parcel's.
  const looks = history.state ?? 0;
  if (!document.querySelector("[data-again]") || looks >= LOOKS_AT_MOST) return;
  setTimeout(() => {
    // Whoever types the next number is not interrupted.
    if (document.querySelector("[data-scan]").value) return lookAgain();
    history.replaceState(looks + 1, "");
    location.reload();
  }, LOOKS_AGAIN_AFTER);
}

const signal = document.querySelector("[data-signal]");
const again = performance.getEntriesByType("navigation")[0]?.type === "reload";
if (signal && !again) play(signal.dataset.signal === "right" ? RIGHT : WRONG);

document.querySelector("[data-print]")?.addEventListener("click", (event) => {
  // The label opens in a tab of its own; this one is ready for the next parcel when the clerk comes back.
  const next = event.currentTarget.dataset.print;
  setTimeout(() => location.assign(next), 300);
});
// A scan, or another weight, takes the place of what was no weight.
document.querySelector("[name=weight]")?.select();
// The Enter that ends a scan must not press the button that has the focus: it is about the parcel before.
document.addEventListener("keydown", (event) => {
  const types = event.key.length === 1 && event.key !== " " && !event.ctrlKey && !event.metaKey && !event.altKey;
  if (types && !event.target.closest("input")) document.querySelector("[data-scan]").focus();
});
lookAgain();
