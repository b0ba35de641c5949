// The parcels of an order, and what their carriers say.

import { h } from "../dom.js";
import { factsInline, panel, tag, time, words } from "../parts.js";
import { parcelButtons } from "./actions.js";
import { nameOf } from "./lines.js";

export function parcels(context, tracking) {
  const { order } = context;
  const scans = (shipment) => tracking?.shipments.find((one) => one.shipment_id === shipment.shipment_id)?.checkpoints ?? [];
  return panel("parcels", "Parcels", order.shipments.length === 0 ? h("p.empty", null, "None is planned.") : h("ul.list", null, order.shipments.map((shipment) => parcel(context, shipment, scans(shipment)))));
}

function parcel(context, shipment, scans) {
  const { order } = context;
  const { shipment_id: id, status, warehouse_id: from, lines, packaging, packages, weight_grams: weight, courier, label } = shipment;
  const named = (line) => `${line.quantity} × ${nameOf(order.lines.find((one) => one.line_id === line.line_id) ?? { name: `line ${line.line_id}` })}`;
  return h(
    "li", { "data-key": id },
    h("p.line", null, h("strong", null, `Parcel ${id}`), tag(status), h("span", null, `from ${from}`), h("span.soft", null, `${packages > 1 ? `${packages} × ` : ""}${packaging}, ${weight} g`)),
    h("p", null, lines.map(named).join(", ")),
    factsInline(
      courier && ["Courier", [courier.name, " ", courier.tracking_url ? outside(courier.tracking_url, courier.tracking_number ?? "track it") : courier.tracking_number]],
      label && ["Label", [tag(label.status), " ", label.url && outside(label.url, "print it"), label.failure_detail && ` ${label.failure_detail}`]],
    ),
    scans.length > 0 && h("ol.scans", { "aria-label": `Scans of parcel ${id}` }, scans.map((scan, index) => h("li", { "data-key": index }, time(scan.at), " ", h("span", null, [words(scan.status), scan.location].filter(Boolean).join(", ")), scan.message && h("span.soft", null, ` ${scan.message}`)))),
    parcelButtons(context, shipment),
  );
}

/** A link that an answer has, if it is one of the web. */
function outside(url, text) {
  return /^https?:/.test(url) ? h("a", { href: url, target: "_blank", rel: "noopener noreferrer" }, text) : text;
}
