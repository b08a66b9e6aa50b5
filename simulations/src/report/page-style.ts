import { IN_THE_DARK } from './chart-look.ts'

/** Attribute selectors, because charts name their colours in attributes and stand alone elsewhere. */
const chartsInTheDark = Object.entries(IN_THE_DARK)
  .map(([light, dark]) => `.plot [fill="${light}"]{fill:${dark}}.plot [stroke="${light}"]{stroke:${dark}}`)
  .join('\n')

export const PAGE_STYLE = `
:root{color-scheme:light dark;--paper:#f6f7f9;--card:#fff;--ink:#1b1f24;--soft:#57606a;--line:#d9dde3;--alarm:#9a3412;--alarm-paper:#fff3ea;--fine:#17603f}
*{box-sizing:border-box}
body{margin:0;background:var(--paper);color:var(--ink);font:16px/1.5 system-ui,sans-serif;overflow-wrap:anywhere}
main{max-width:1080px;margin:0 auto;padding:24px 16px 48px}
h1{font-size:1.75rem;line-height:1.2;margin:0 0 4px}
h2{font-size:1.2rem;margin:32px 0 12px}
h3{font-size:1rem;margin:0}
p{margin:0 0 8px}
small,.note,figcaption p{color:var(--soft);font-size:.875rem}
code,pre{font:.875rem/1.45 ui-monospace,monospace}
pre{background:var(--card);border:1px solid var(--line);border-radius:8px;padding:12px;overflow:auto;max-height:640px;white-space:pre-wrap}
dl{margin:0}dd{margin:0}dt{color:var(--soft);font-size:.8125rem}
.facts{display:grid;grid-template-columns:repeat(auto-fit,minmax(150px,1fr));gap:8px 24px;margin:16px 0}
.digests{display:grid;gap:6px}
.headline{display:grid;grid-template-columns:repeat(4,minmax(0,1fr));gap:12px}
.headline div{background:var(--card);border:1px solid var(--line);border-radius:8px;padding:10px 12px}
.headline dd{font-size:1.25rem;font-weight:600;line-height:1.3;font-variant-numeric:tabular-nums}
.headline small{display:block;font-weight:400}
.alarms{margin:0;padding:0;list-style:none;display:grid;gap:8px}
.alarms li{background:var(--alarm-paper);border-left:4px solid var(--alarm);border-radius:4px;padding:8px 12px}
.alarms b{color:var(--alarm)}
.fine{color:var(--fine)}
.figures{display:grid;grid-template-columns:repeat(auto-fill,minmax(min(100%,440px),1fr));gap:16px;align-items:start}
figure{margin:0;min-width:0;background:var(--card);border:1px solid var(--line);border-radius:8px;padding:12px;break-inside:avoid}
figure.full{grid-column:1/-1}
.plot{margin:8px 0;overflow-x:auto}
.plot svg{display:block;max-width:100%;height:auto}
.half .plot svg{width:100%;max-width:460px}
.plot svg text{font-family:system-ui,sans-serif}
.plot .background{fill:none}
details{margin:8px 0 0}
summary{cursor:pointer;color:var(--soft);font-size:.875rem}
section>details{margin:8px 0 0;background:var(--card);border:1px solid var(--line);border-radius:8px;padding:10px 12px}
.scroll{overflow:auto;max-height:480px;margin-top:8px}
table{border-collapse:collapse;font-size:.8125rem;font-variant-numeric:tabular-nums;overflow-wrap:normal}
th,td{padding:3px 7px;text-align:right;border-bottom:1px solid var(--line);white-space:nowrap}
th:first-child{text-align:left}
th{font-weight:600}tbody th{font-weight:400}
thead th{position:sticky;top:0;background:var(--card)}
.words{background:var(--card);border:1px solid var(--line);border-radius:8px;padding:4px 8px}.words .scroll{margin:0;max-height:none}.words tr:last-child>*{border-bottom:0}
.words td{text-align:left;white-space:normal;min-width:120px}
.words th{text-align:left}
@media (max-width:640px){
figure.full .plot svg{max-width:none;width:760px}
main{padding:16px 12px 32px}
.headline{grid-template-columns:repeat(2,minmax(0,1fr))}
.headline dd{font-size:1.1rem}
}
@media screen and (prefers-color-scheme:dark){
:root{--paper:#0f1216;--card:#171b21;--ink:#e6e9ee;--soft:#a5adb8;--line:#2c323a;--alarm:#f7a36b;--alarm-paper:#2b1d14;--fine:#5fd0a0}
${chartsInTheDark}
.plot .background{fill:none}
}
@media print{
body{background:#fff;font-size:11pt}
main{max-width:none;padding:0}
.figures{grid-template-columns:1fr 1fr}
figure,.headline div{border-color:#bbb}
.scroll,pre{max-height:none;overflow:visible}
figure details:not([open]){display:none}
h2,h3{break-after:avoid}
}
`
