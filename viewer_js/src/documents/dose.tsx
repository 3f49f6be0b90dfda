/** What a dose report comes to: totals, and a row for each irradiation. */

import { t } from "../i18n/translate";
import type { Dose, DoseEvent } from "./report_types";
import { measuredText, momentText } from "./report_words";

function said(event: DoseEvent): string {
  return [event.protocol, event.type, event.region].filter(Boolean).join(" · ");
}

export function DoseTable({ dose }: { dose: Dose }) {
  return (
    <section class="hv-report-block" aria-label={t("Radiation dose")}>
      <h2>{t("Radiation dose")}</h2>
      <dl class="hv-report-totals">
        {dose.totals.map(({ name, measured }, place) => (
          <div key={place}>
            <dt>{name?.meaning}</dt>
            <dd>{measuredText(measured)}</dd>
          </div>
        ))}
      </dl>
      {dose.events.length > 0 && (
        <div class="hv-report-wide">
          <table>
            <thead>
              <tr>
                <th scope="col">#</th>
                <th scope="col">{t("Irradiation")}</th>
                {dose.columns.map(({ code, name }) => (
                  <th key={code} scope="col" class="hv-report-number">
                    {name}
                  </th>
                ))}
              </tr>
            </thead>
            <tbody>
              {dose.events.map((event, place) => (
                <tr key={place}>
                  <td>{place + 1}</td>
                  <td>
                    {said(event)}
                    {event.at && <small>{momentText(event.at)}</small>}
                  </td>
                  {dose.columns.map(({ code }) => (
                    <td key={code} class="hv-report-number">
                      {event.values[code] ? measuredText(event.values[code]) : ""}
                    </td>
                  ))}
                </tr>
              ))}
            </tbody>
          </table>
        </div>
      )}
    </section>
  );
}
