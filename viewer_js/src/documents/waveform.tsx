/** An ECG or another recording as curves on paper, with what the machine said of it. */

import { useComputed, useSignal } from "@preact/signals";
import { useEffect, useMemo, useRef } from "preact/hooks";
import { formatNumber, t } from "../i18n/translate";
import { addressOf } from "./addresses";
import { useAsked } from "./asked";
import type { DocumentProps } from "./document_pane";
import { momentText, unitText } from "./report_words";
import { SheetView } from "./waveform_sheet";
import {
  curvesOf,
  type GroupAnswer,
  isTwelveLead,
  PAGE_SECONDS,
  rowsSheet,
  STANDARD,
  twelveLeadSheet,
  type WaveformAnswer,
  type WaveformNote,
} from "./waveform_traces";
import "./waveform.css";

const SPEEDS = [25, 50];
const GAINS = [5, 10, 20];
const ZOOMS = [1, 1.5, 2, 3];
const LEAST_SCALE = 2.6;

function noteText({ text, name, code, number, unit }: WaveformNote): string {
  const value = number === null ? "" : `${formatNumber(number, 2)} ${unitText(unit?.value ?? "")}`.trim();
  const said = value || code?.meaning || text;
  return name && name.meaning !== said ? `${name.meaning}: ${said}` : said;
}

interface PickProps {
  label: string;
  value: number;
  options: readonly (readonly [number, string])[];
  pick: (value: number) => void;
}

function Pick({ label, value, options, pick }: PickProps) {
  return (
    <label title={label}>
      <span>{label}</span>
      <select value={value} onChange={(event) => pick(Number(event.currentTarget.value))}>
        {options.map(([option, words]) => (
          <option key={option} value={option}>
            {words}
          </option>
        ))}
      </select>
    </label>
  );
}

/** Width of the page in CSS pixels, as it changes. */
function useWidth() {
  const element = useRef<HTMLElement>(null);
  const width = useSignal(0);
  useEffect(() => {
    const box = element.current;
    if (!box) return;
    const watch = new ResizeObserver(() => {
      width.value = box.clientWidth;
    });
    watch.observe(box);
    return () => watch.disconnect();
  }, [width]);
  return { element, width };
}

function Group({ group, title }: { group: GroupAnswer; title: string }) {
  const curves = useMemo(() => curvesOf(group), [group]);
  const isStandard = isTwelveLead(curves);
  const [speed, gain, zoom, page] = [useSignal(25), useSignal(10), useSignal(1), useSignal(0)];
  const isRows = useSignal(!isStandard);
  const { element, width } = useWidth();
  const rate = group.rate || 1;
  const total = group.samples / rate;
  const seconds = Math.min(total, PAGE_SECONDS);
  const pages = Math.max(1, Math.ceil(total / PAGE_SECONDS - 0.01));
  const paper = useComputed(() => ({ speed: speed.value, gain: gain.value })).value;
  const sheet = useMemo(
    () =>
      (isRows.value ? rowsSheet : twelveLeadSheet)(curves, rate, page.value * PAGE_SECONDS, seconds, paper),
    [curves, rate, seconds, paper, isRows.value, page.value],
  );
  const fit = Math.max(
    LEAST_SCALE,
    width.value / (sheet.width * (speed.value / STANDARD.speed === 2 ? 0.5 : 1)),
  );
  return (
    <>
      <div class="hv-document-bar hv-curves-bar">
        <b>{title}</b>
        <Pick
          label={t("Speed")}
          value={speed.value}
          options={SPEEDS.map((one) => [one, `${one} mm/s`])}
          pick={(value) => {
            speed.value = value;
          }}
        />
        <Pick
          label={t("Gain")}
          value={gain.value}
          options={GAINS.map((one) => [one, `${one} mm/mV`])}
          pick={(value) => {
            gain.value = value;
          }}
        />
        <Pick
          label={t("Zoom")}
          value={zoom.value}
          options={ZOOMS.map((one) => [one, `${formatNumber(one * 100)} %`])}
          pick={(value) => {
            zoom.value = value;
          }}
        />
        {isStandard && (
          <Pick
            label={t("Leads")}
            value={isRows.value ? 1 : 0}
            options={[
              [0, "3 × 4"],
              [1, t("One below the other")],
            ]}
            pick={(value) => {
              isRows.value = value === 1;
            }}
          />
        )}
        {pages > 1 && (
          <Pick
            label={t("Part")}
            value={page.value}
            options={Array.from(
              { length: pages },
              (_, place) => [place, t("{number} of {count}", { number: place + 1, count: pages })] as const,
            )}
            pick={(value) => {
              page.value = value;
            }}
          />
        )}
      </div>
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: scrolled by keys */}
      <section class="hv-document-body hv-curves" ref={element} tabIndex={0} aria-label={title}>
        {width.value > 0 && (
          <SheetView sheet={sheet} rate={rate} paper={paper} scale={fit * zoom.value} name={title} />
        )}
      </section>
    </>
  );
}

export function Waveform({ instance, stack }: DocumentProps) {
  const asked = useAsked<WaveformAnswer>(addressOf(stack, "waveform", instance));
  const chosen = useSignal(0);
  if (asked === null) return <p class="hv-document-note">{t("Loading…")}</p>;
  if ("problem" in asked) return <p class="hv-document-note">{asked.problem}</p>;
  const { groups, notes, at } = asked.found;
  const group = groups[chosen.value] ?? groups[0];
  if (!group) return null;
  const title = [stack.series.description || stack.series.modality, momentText(at)]
    .filter(Boolean)
    .join(" · ");
  return (
    <>
      {groups.length > 1 && (
        <div class="hv-document-choice">
          <Pick
            label={t("Recording")}
            value={chosen.value}
            options={groups.map(({ label }, place) => [place, `${place + 1}. ${label}`] as const)}
            pick={(value) => {
              chosen.value = value;
            }}
          />
        </div>
      )}
      <Group key={chosen.value} group={group} title={title} />
      <p class="hv-curves-foot">
        {t("{rate} samples a second; filters as recorded.", { rate: formatNumber(group.rate) })}{" "}
        {t("Drag with the mouse to measure.")}
      </p>
      {notes.length > 0 && (
        <details class="hv-curves-notes">
          <summary>{t("What the machine said")}</summary>
          <ul>
            {notes.map((note, place) => (
              <li key={place}>{noteText(note)}</li>
            ))}
          </ul>
          <p>{t("Statements and measurements of the machine are not a diagnosis.")}</p>
        </details>
      )}
    </>
  );
}
