//! What the picture looks like. Every rule is for this picture alone, so that it can stand inside a page as well.

pub(super) const CSS: &str = "\
.order-impact{--ground:#fff;--edge:#dfe5e1;--box:#f4f7f5;--ink:#14211a;--soft:#55635b;--done:#23704c;--sign:#fff;--wait:#a9b5ae;\
--off:#b3362b;--back:#a8660f;--leg-0:#23704c;--leg-1:#4c9a77;--leg-2:#1f7a8c;--leg-3:#7aa23a;--pack:#d39a3c;\
display:block;max-width:100%;height:auto;margin:0 auto;\
font-family:system-ui,-apple-system,'Segoe UI',Roboto,'Noto Sans',sans-serif}\
@media(prefers-color-scheme:dark){.order-impact{--ground:#151b18;--edge:#2b3530;--box:#1d2622;--ink:#edf3ef;--soft:#a5b3ab;\
--done:#4cb583;--sign:#10231a;--wait:#5b6a62;--off:#ef7b6f;--back:#e0a34a;--leg-0:#4cb583;--leg-1:#86d0ac;--leg-2:#5cb8cb;\
--leg-3:#b3d36c;--pack:#e6b45c}}\
.order-impact text{fill:var(--ink);font-size:15px}\
.order-impact .small{fill:var(--soft);font-size:13px}\
.order-impact .sum{font-size:40px;font-weight:700;letter-spacing:-1px}\
.order-impact .unit{fill:var(--soft);font-size:17px;font-weight:500;letter-spacing:0}\
.order-impact .stage{font-weight:600;font-size:16px}\
.order-impact .way{font-weight:600;font-size:14px}\
.order-impact .grams{font-weight:600;font-size:14px;font-variant-numeric:tabular-nums}\
.order-impact .end{text-anchor:end}\
.order-impact text.to-come{fill:var(--soft);font-weight:500}\
.order-impact text.off{fill:var(--off)}\
.order-impact text.back{fill:var(--back)}\
.order-impact .card{fill:var(--ground);stroke:var(--edge)}\
.order-impact .box{fill:var(--box)}\
.order-impact .empty{fill:var(--box)}\
.order-impact .leg-0{fill:var(--leg-0)}\
.order-impact .leg-1{fill:var(--leg-1)}\
.order-impact .leg-2{fill:var(--leg-2)}\
.order-impact .leg-3{fill:var(--leg-3)}\
.order-impact .pack{fill:var(--pack)}\
.order-impact .rule{stroke:var(--edge)}\
.order-impact .stem{stroke:var(--done);stroke-width:2}\
.order-impact .stem.to-come{stroke:var(--wait);stroke-dasharray:3 5}\
.order-impact .stem.off{stroke:var(--off)}\
.order-impact .stem.back{stroke:var(--back)}\
.order-impact .mark{fill:var(--done);stroke:var(--ground);stroke-width:3}\
.order-impact .mark.to-come{fill:var(--ground);stroke:var(--wait);stroke-width:2}\
.order-impact .mark.off{fill:var(--off)}\
.order-impact .mark.back{fill:var(--back)}\
.order-impact .sign{fill:none;stroke:var(--sign);stroke-width:2;stroke-linecap:round;stroke-linejoin:round}";
