/** A structured report as a page. */

import { t } from "../i18n/translate";
import { nameText } from "../ui/format";
import { addressOf } from "./addresses";
import { useAsked } from "./asked";
import type { DocumentProps } from "./document_pane";
import { DoseTable } from "./dose";
import { ImageLink } from "./image_link";
import { Measurements } from "./measurements";
import type { ReportAnswer, ReportNode } from "./report_types";
import { momentText, stateText, valueText } from "./report_words";
import "./report.css";

const HEADINGS = ["h2", "h3", "h4", "h5", "h6"] as const;
/** What says under which conditions something was found, not what was found. */
const CONTEXT = new Set(["HAS OBS CONTEXT", "HAS ACQ CONTEXT", "HAS CONCEPT MOD"]);

interface NodeProps {
  node: ReportNode;
  depth: number;
  of: DocumentProps;
}

function Children({ node, depth, of }: NodeProps) {
  return (
    <>
      {node.children?.map((child) => (
        <Node key={child.place} node={child} depth={depth} of={of} />
      ))}
    </>
  );
}

function Section({ node, depth, of }: NodeProps) {
  const Heading = HEADINGS[Math.min(depth, HEADINGS.length - 1)] ?? "h6";
  if (!node.children?.length) return null;
  return (
    <section class="hv-report-section">
      {node.name && <Heading>{node.name.meaning || node.name.value}</Heading>}
      <Children node={node} depth={depth + 1} of={of} />
    </section>
  );
}

function References({ node, of }: { node: ReportNode; of: DocumentProps }) {
  return (
    <>
      {node.references?.map(({ sop_instance_uid, frames }) => (
        <ImageLink key={sop_instance_uid} of={of} sopInstanceUid={sop_instance_uid} frame={frames[0] ?? 1} />
      ))}
    </>
  );
}

/** "Ellipse on the image" */
function graphicText(type: string): string {
  const names: Record<string, string> = {
    CIRCLE: t("A circle"),
    ELLIPSE: t("An ellipse"),
    MULTIPOINT: t("Some points"),
    POINT: t("A point"),
    POLYGON: t("A polygon"),
    POLYLINE: t("A line"),
  };
  return names[type] ?? type;
}

function Node({ node, depth, of }: NodeProps) {
  if (node.type === "CONTAINER") return <Section node={node} depth={depth} of={of} />;
  const isContext = CONTEXT.has(node.relation ?? "");
  const value = node.graphic ? graphicText(node.graphic.type) : valueText(node);
  return (
    <div class={`hv-report-item${isContext ? " hv-report-context" : ""}`}>
      <p>
        {node.name && <span class="hv-report-name">{node.name.meaning || node.name.value}</span>}
        <span class="hv-report-value">{value}</span>
        <References node={node} of={of} />
        {node.refers_to !== undefined && (
          <span class="hv-report-quiet">{t("see {place}", { place: node.refers_to })}</span>
        )}
      </p>
      {node.children && (
        <div class="hv-report-under">
          <Children node={node} depth={depth} of={of} />
        </div>
      )}
    </div>
  );
}

function Standing({ report }: { report: ReportAnswer }) {
  const { completion, verification, preliminary, at, verifiers } = report;
  const states = [completion, verification, preliminary].filter(Boolean);
  return (
    <div class="hv-report-standing">
      {at && <span>{momentText(at)}</span>}
      {states.map((state) => (
        <span key={state} class="hv-report-state" data-state={state}>
          {stateText(state)}
        </span>
      ))}
      {verifiers.map(({ name, organisation, at: moment }) => (
        <span key={name + moment}>
          {t("Verified by {who}", {
            who: [nameText(name), organisation, momentText(moment)].filter(Boolean).join(", "),
          })}
        </span>
      ))}
    </div>
  );
}

export function Report(props: DocumentProps) {
  const asked = useAsked<ReportAnswer>(addressOf(props.stack, "report", props.instance));
  if (asked === null) return <p class="hv-document-note">{t("Loading…")}</p>;
  if ("problem" in asked) return <p class="hv-document-note">{asked.problem}</p>;
  const report = asked.found;
  const title = report.root.name?.meaning || props.stack.series.description || t("Report");
  const study = props.workspace.studyOf(props.viewport)?.facts;
  const isTable = report.dose !== null || report.groups.length > 0;
  const tree = <Children node={report.root} depth={0} of={props} />;
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: scrolled by keys
    <article class="hv-document-body hv-report" tabIndex={0} aria-label={title}>
      <header>
        <h1>{title}</h1>
        {study && (
          <p class="hv-report-patient">
            {[nameText(study.patient_name), study.patient_id].filter(Boolean).join(" · ")}
          </p>
        )}
        <Standing report={report} />
      </header>
      {report.dose && <DoseTable dose={report.dose} />}
      <Measurements groups={report.groups} of={props} />
      {isTable ? (
        <details class="hv-report-block">
          <summary>{t("The whole report")}</summary>
          {tree}
        </details>
      ) : (
        tree
      )}
      {report.cut && (
        <p class="hv-report-quiet">{t("The report goes on; what is shown here is its beginning.")}</p>
      )}
    </article>
  );
}
