/** The report's own styles: it is one file. */
export const STYLES = `
:root { color-scheme: light dark; --ink: #1c2126; --soft: #5d6a75; --line: #d9dfe4; --page: #fbfcfc; --box: #fff;
  --agent: #2767c9; --caller: #7a8793; --good: #1d7a46; --bad: #b3261e; }
@media (prefers-color-scheme: dark) { :root { --ink: #e6eaee; --soft: #9fabb6; --line: #333c44; --page: #14181b;
  --box: #1b2125; --agent: #7fb0ff; --caller: #93a1ad; --good: #68c792; --bad: #ff8a80; } }
* { box-sizing: border-box; }
body { margin: 0 auto; max-width: 66rem; padding: 1.5rem 1rem 4rem; background: var(--page); color: var(--ink);
  font: 16px/1.5 system-ui, sans-serif; }
h1 { font-size: 1.6rem; margin: 0 0 .25rem; } h2 { font-size: 1.15rem; margin: 2rem 0 .5rem; }
p, figure { margin: .5rem 0; } .soft, figcaption { color: var(--soft); font-size: .9rem; }
.counts { display: flex; flex-wrap: wrap; gap: .75rem; margin: 1rem 0; padding: 0; list-style: none; }
.counts li { background: var(--box); border: 1px solid var(--line); border-radius: .5rem; padding: .5rem 1rem; }
.counts b { display: block; font-size: 1.4rem; font-variant-numeric: tabular-nums; }
table { border-collapse: collapse; width: 100%; font-variant-numeric: tabular-nums; }
th, td { text-align: left; padding: .3rem .6rem .3rem 0; border-bottom: 1px solid var(--line); vertical-align: top; }
th { color: var(--soft); font-weight: 500; font-size: .9rem; }
h3 { font-size: 1rem; margin: 1rem 0 .25rem; } mark { background: none; color: inherit; font-weight: 600; }
.wide { overflow-x: auto; } .wide td { min-width: 9rem; overflow-wrap: anywhere; }
details { background: var(--box); border: 1px solid var(--line); border-radius: .5rem; margin: .5rem 0; padding: 0 1rem; }
summary { cursor: pointer; padding: .6rem 0; display: flex; gap: .75rem; align-items: baseline; }
summary .name { color: var(--soft); margin-left: auto; font-size: .85rem; overflow-wrap: anywhere; }
details > div { padding-bottom: 1rem; }
.state { font-weight: 600; } .passed, .held { color: var(--good); } .failed { color: var(--bad); }
.skipped { color: var(--soft); }
svg { display: block; width: 100%; } .wave { height: 6rem; background: var(--page); border-radius: .25rem; cursor: pointer; }
.wave path { stroke-width: 1; fill: none; } path.agent { stroke: var(--agent); } path.caller { stroke: var(--caller); }
line.cut { stroke: var(--ink); stroke-dasharray: 3 3; } line.fault { stroke: var(--bad); stroke-width: 2; }
line.head { stroke: var(--ink); } line.grid { stroke: var(--line); } circle.dot { fill: var(--agent); }
circle.fault { fill: var(--bad); } .plot text { fill: var(--soft); font-size: 12px; }
audio { width: 100%; margin: .4rem 0; height: 2.2rem; }
.lines { margin: .5rem 0; padding: 0; list-style: none; } .lines li { display: grid; grid-template-columns: 4.5rem 4rem 1fr;
  gap: .5rem; padding: .15rem 0; } .lines .at { color: var(--soft); } .lines .agent { color: var(--agent); }
.unheard { color: var(--soft); text-decoration: line-through; }
@media (max-width: 40rem) { summary { flex-wrap: wrap; } summary .name { margin-left: 0; width: 100%; }
  .lines li { grid-template-columns: 4rem 1fr; } .lines .text { grid-column: 1 / -1; } }
`;

/** Moves the line over a waveform with the sound, and the sound where the waveform is clicked. */
export const SCRIPT = `
for (const audio of document.querySelectorAll("audio")) {
  const wave = audio.parentElement.querySelector(".wave");
  const head = wave.querySelector(".head");
  const show = () => {
    const x = audio.duration ? 900 * audio.currentTime / audio.duration : 0;
    head.setAttribute("x1", x); head.setAttribute("x2", x);
    if (!audio.paused) requestAnimationFrame(show);
  };
  audio.addEventListener("play", show);
  audio.addEventListener("seeked", show);
  wave.addEventListener("click", (event) => {
    const box = wave.getBoundingClientRect();
    if (audio.duration) audio.currentTime = audio.duration * (event.clientX - box.left) / box.width;
    audio.play();
  });
}
`;
