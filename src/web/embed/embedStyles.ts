/// <reference lib="dom" />

/** A sheet and no `<style>`: the page's policy need not allow styles of ours. */
export function createStyles(): CSSStyleSheet {
  const sheet = new CSSStyleSheet();
  sheet.replaceSync(CSS);
  return sheet;
}

const CSS = `
:host {
  color-scheme: light dark;
  --accent: var(--voice-agent-accent, light-dark(#0b6b51, #62d6aa));
  --on-accent: var(--voice-agent-on-accent, light-dark(#ffffff, #08130f));
  --ground: var(--voice-agent-background, light-dark(#ffffff, #151d1a));
  --ink: var(--voice-agent-text, light-dark(#15201c, #e4ece8));
  --faint: var(--voice-agent-muted, light-dark(#5c6b65, #94a39d));
  --rule: var(--voice-agent-border, light-dark(#7f8c86, #66746e));
  --warn: var(--voice-agent-warning, light-dark(#b3261e, #ff8a80));
  --radius: var(--voice-agent-radius, 14px);
  display: block;
  position: fixed;
  inset: auto 16px 16px auto;
  z-index: var(--voice-agent-z-index, 2147483000);
  font: var(--voice-agent-font, 400 16px/1.5 system-ui, -apple-system, "Segoe UI", Roboto, sans-serif);
  text-align: start;
  color: var(--ink);
}
:host([theme="light"]) { color-scheme: light; }
:host([theme="dark"]) { color-scheme: dark; }
:host([position="bottom-left"]) { inset: auto auto 16px 16px; }
:host([position="inline"]) { position: static; }
:host([hidden]), [hidden] { display: none !important; }
*, *::before { box-sizing: border-box; }
button, input { font: inherit; color: inherit; }
button {
  min-height: 44px;
  padding: 8px 16px;
  border: 1px solid var(--rule);
  border-radius: 999px;
  background: transparent;
  cursor: pointer;
}
button:disabled { opacity: 0.5; cursor: default; }
:is(button, input, .lines):focus-visible { outline: 3px solid var(--accent); outline-offset: 2px; }
.primary, .launcher { border-color: transparent; background: var(--accent); color: var(--on-accent); }
.launcher {
  display: flex;
  align-items: center;
  gap: 8px;
  margin-inline-start: auto;
  min-height: 52px;
  padding-inline: 20px;
  box-shadow: 0 4px 16px rgb(0 0 0 / 0.25);
  font-weight: 600;
}
:host([position="bottom-left"]) .launcher, :host([position="inline"]) .launcher { margin-inline: 0 auto; }
.dot {
  inline-size: 10px;
  block-size: 10px;
  border-radius: 50%;
  background: currentColor;
}
.panel {
  display: flex;
  flex-direction: column;
  inline-size: min(var(--voice-agent-width, 360px), calc(100vw - 32px));
  max-block-size: min(var(--voice-agent-height, 560px), calc(100dvh - 32px));
  border: 1px solid var(--rule);
  border-radius: var(--radius);
  background: var(--ground);
  box-shadow: 0 8px 32px rgb(0 0 0 / 0.25);
  overflow: hidden;
}
:host([position="inline"]) .panel { box-shadow: none; inline-size: min(var(--voice-agent-width, 100%), 100%); }
header { display: flex; align-items: center; gap: 8px; padding: 8px 8px 8px 16px; }
h2 { flex: 1; margin: 0; font-size: 1.05em; font-weight: 600; overflow-wrap: anywhere; }
.close { inline-size: 44px; padding: 0; border-color: transparent; font-size: 1.25em; line-height: 1; }
.status { display: flex; align-items: center; gap: 8px; margin: 0; padding: 0 16px 8px; color: var(--faint); }
.meter {
  flex: none;
  inline-size: 14px;
  block-size: 14px;
  border-radius: 50%;
  background: var(--accent);
  transform: scale(calc(0.5 + var(--level, 0)));
}
.lines {
  flex: 1 1 auto;
  min-block-size: 0;
  margin: 0;
  padding: 8px 16px;
  border-block: 1px solid var(--rule);
  overflow-y: auto;
}
.lines:empty { display: none; }
.line { margin: 0 0 8px; overflow-wrap: anywhere; white-space: pre-wrap; }
.line b { display: block; font-size: 0.8em; font-weight: 600; color: var(--faint); }
.note { color: var(--faint); font-style: italic; }
.problem { margin: 0; padding: 8px 16px; color: var(--warn); overflow-wrap: anywhere; }
.actions { display: flex; flex-wrap: wrap; gap: 8px; padding: 12px 16px; }
.actions button { flex: 1 1 auto; }
.intro { margin: 0; padding: 0 16px 4px; }
.mute[aria-pressed="true"] { border-color: var(--warn); color: var(--warn); }
.end { border-color: transparent; background: light-dark(#b3261e, #ff8a80); color: light-dark(#ffffff, #2b0502); }
form { display: flex; gap: 8px; padding: 0 16px 16px; }
input {
  flex: 1;
  min-inline-size: 0;
  min-block-size: 44px;
  padding: 8px 12px;
  border: 1px solid var(--rule);
  border-radius: 999px;
  background: var(--ground);
}
input::placeholder { color: var(--faint); opacity: 1; }
@media (prefers-reduced-motion: no-preference) {
  .panel { animation: rise 0.15s ease-out; }
  @keyframes rise { from { opacity: 0; transform: translateY(8px); } }
}
@media (prefers-reduced-motion: reduce) { .meter { transform: none; } }
@media (forced-colors: active) { .meter, .dot { forced-color-adjust: none; } }
`;
