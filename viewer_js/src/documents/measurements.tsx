/** Measurements of a report as a table; each leads to the image it was made on. */

import { t } from "../i18n/translate";
import type { DocumentProps } from "./document_pane";
import { ImageLink } from "./image_link";
import type { MeasurementGroup } from "./report_types";
import { measuredText } from "./report_words";

function titleOf({ tracking, finding, site }: MeasurementGroup): string {
  return [tracking, finding, site].filter(Boolean).join(" · ");
}

export function Measurements({ groups, of }: { groups: readonly MeasurementGroup[]; of: DocumentProps }) {
  const rows = groups.flatMap((group) => group.values.map((value) => ({ group, value })));
  if (rows.length === 0) return null;
  return (
    <section class="hv-report-block" aria-label={t("Measurements of the report")}>
      <h2>{t("Measurements of the report")}</h2>
      <div class="hv-report-wide">
        <table>
          <thead>
            <tr>
              <th scope="col">{t("Finding")}</th>
              <th scope="col">{t("Measurement")}</th>
              <th scope="col" class="hv-report-number">
                {t("Value")}
              </th>
              <th scope="col">{t("Shown on")}</th>
            </tr>
          </thead>
          <tbody>
            {rows.map(({ group, value }, place) => (
              <tr key={place}>
                <td>{rows[place - 1]?.group === group ? "" : titleOf(group)}</td>
                <td>{value.name?.meaning}</td>
                <td class="hv-report-number">{measuredText(value.measured)}</td>
                <td>
                  {value.places.slice(0, 3).map((one) => (
                    <ImageLink
                      key={one.sop_instance_uid + one.frame}
                      of={of}
                      sopInstanceUid={one.sop_instance_uid}
                      frame={one.frame}
                    />
                  ))}
                </td>
              </tr>
            ))}
          </tbody>
        </table>
      </div>
    </section>
  );
}
