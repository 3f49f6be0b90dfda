/** Key images, and the objects of the studies that are drawn on images: each shown or hidden; marks saved as objects. */

import { useSignal } from "@preact/signals";
import { useEffect } from "preact/hooks";
import { sentenceOf } from "../api/http";
import { msg, t, tn } from "../i18n/translate";
import { hasPlanes, needDrawing } from "../objects/asked";
import { deskOf, type Listed, type ObjectDesk } from "../objects/desk";
import { colourAt } from "../objects/layers_of";
import { colourOfGroup } from "../objects/measured";
import type { DrawnObject } from "../objects/types";
import type { ImagePlace } from "../stream/stack";
import type { Workspace } from "../viewport/workspace";
import { dayText } from "./format";
import { SaveKeyImages, SaveMarks } from "./objects_saving";
import "./objects.css";

interface Props {
  workspace: Workspace;
  desk: ObjectDesk;
}

const GROUPS: readonly (readonly [DrawnObject["kind"], string])[] = [
  ["key-images", msg("Key images")],
  ["presentation", msg("Presentation states")],
  ["segmentation", msg("Segmentations")],
  ["structures", msg("Structures")],
  ["measurements", msg("Measurements of reports")],
];

function Places({ places, workspace }: { places: readonly ImagePlace[]; workspace: Workspace }) {
  return (
    <ul class="hv-objects-places">
      {places.map((place) => (
        <li key={`${place.sop_instance_uid}/${place.frame_number}`}>
          <button type="button" class="hv-link" onClick={() => workspace.showPlace(place)}>
            {workspace.describe(place)}
          </button>
        </li>
      ))}
    </ul>
  );
}

interface Part {
  readonly number: number;
  readonly name: string;
  readonly colour: string;
}

function partsOf(found: DrawnObject): Part[] {
  if (found.kind === "segmentation")
    return found.segments.map(({ number, name, colour }, i) => ({
      number,
      name,
      colour: colourAt(i, colour),
    }));
  if (found.kind === "measurements")
    return found.groups.map(({ title, values }, i) => ({
      number: i,
      name: [title, ...values.map(({ name }) => name)].filter(Boolean).join(" · "),
      colour: colourOfGroup(i),
    }));
  if (found.kind !== "structures") return [];
  return found.regions.map(({ number, name, colour }, i) => ({
    number: number ?? -1,
    name,
    colour: colourAt(i, colour),
  }));
}

function Parts({ id, found, desk }: { id: string; found: DrawnObject; desk: ObjectDesk }) {
  const hidden = desk.hidden.value.get(id);
  return (
    <ul class="hv-objects-parts">
      {partsOf(found).map(({ number, name, colour }) => (
        <li key={number}>
          <label>
            <input
              type="checkbox"
              checked={!hidden?.has(number)}
              onChange={() => desk.toggleHidden(id, number)}
            />
            <span class="hv-objects-colour" style={{ background: colour }} />
            {name || number}
          </label>
        </li>
      ))}
    </ul>
  );
}

/** What is known once it is loaded. */
function Details({ listed, desk, workspace }: Props & { listed: Listed }) {
  const found = desk.loaded.value.get(listed.id);
  if (!found) return <p role="status">{t("Loading…")}</p>;
  if (found.kind === "problem") return <p role="status">{found.message}</p>;
  const said = [found.author, dayText(found.created)].filter(Boolean).join(" · ");
  return (
    <div class="hv-objects-details">
      {found.kind === "key-images" && found.description && <p>{found.description}</p>}
      {said && <p class="hv-quiet">{said}</p>}
      {found.kind === "presentation" && found.partly && (
        <p class="hv-quiet">{t("Parts of it (compound graphics, modality tables) are not shown here.")}</p>
      )}
      {found.kind === "structures" && found.cut && (
        <p class="hv-quiet">{t("Too many contours: not all of them are shown.")}</p>
      )}
      {found.kind === "measurements" && found.groups.length === 0 && (
        <p class="hv-quiet">{t("Nothing in this report was drawn on an image.")}</p>
      )}
      <Parts id={listed.id} found={found} desk={desk} />
      {found.kind === "key-images" && (
        <Places places={desk.placesOf(found, listed.study)} workspace={workspace} />
      )}
    </div>
  );
}

function titleOf(listed: Listed, desk: ObjectDesk): string {
  const found = desk.loaded.value.get(listed.id);
  if (found?.kind === "key-images") return [t(found.label), found.author].filter(Boolean).join(" · ");
  const own = found && found.kind !== "problem" ? found.description || found.label : "";
  const number = listed.seriesNumber ?? "";
  return listed.title || own || t("Series {number}", { number });
}

function Row({ listed, desk, workspace }: Props & { listed: Listed }) {
  const isShown = desk.shown.value.has(listed.id);
  return (
    <li>
      <label class="hv-objects-name">
        <input
          type="checkbox"
          checked={isShown}
          onChange={() => {
            needDrawing();
            void desk.toggle(listed);
          }}
        />
        <span>
          {titleOf(listed, desk)} <small class="hv-quiet">{listed.code}</small>
        </span>
      </label>
      {isShown && <Details listed={listed} desk={desk} workspace={workspace} />}
    </li>
  );
}

function Group({ kind, name, desk, workspace }: Props & { kind: DrawnObject["kind"]; name: string }) {
  const rows = desk.listed().filter((one) => one.kind === kind);
  if (rows.length === 0) return null;
  return (
    <section>
      <h3>{t(name)}</h3>
      <ul class="hv-objects-list">
        {rows.map((listed) => (
          <Row key={listed.id} listed={listed} desk={desk} workspace={workspace} />
        ))}
      </ul>
    </section>
  );
}

function Planes({ desk, workspace }: Props) {
  const frame = workspace.active.value.frame.value;
  if (!frame || !hasPlanes(frame)) return null;
  return (
    <label class="hv-objects-name">
      <input
        type="checkbox"
        checked={desk.planesShown.value}
        onChange={() => {
          desk.planesShown.value = !desk.planesShown.peek();
        }}
      />
      {t("Overlays and shutters of the image")}
    </label>
  );
}

export function ObjectsPanel({ workspace }: { workspace: Workspace }) {
  const desk = deskOf(workspace);
  const problem = useSignal("");
  useEffect(needDrawing, []);
  const count = desk.listed().length;
  useEffect(() => void desk.loadNames(), [desk, count]);
  const study = workspace.studyOf(workspace.active.value);
  const run = async (doing: () => Promise<void>, done: string) => {
    problem.value = "";
    try {
      await doing();
      workspace.notify(done);
    } catch (error) {
      problem.value = sentenceOf(error);
    }
  };
  const stars = desk.starred.value.filter(({ study_id }) => study_id === study?.id);
  return (
    <div class="hv-objects">
      <Planes desk={desk} workspace={workspace} />
      {GROUPS.map(([kind, name]) => (
        <Group key={kind} kind={kind} name={name} desk={desk} workspace={workspace} />
      ))}
      {count === 0 && <p class="hv-quiet">{t("This study has no key images or other objects yet.")}</p>}
      {workspace.desk.keeps && study && (
        <section>
          <h3>{t("Choose key images")}</h3>
          <p class="hv-quiet">{tn("{count} image chosen", "{count} images chosen", stars.length)}</p>
          <button type="button" class="hv-plain" onClick={() => desk.toggleStar()}>
            {t("Key image, or no longer")} (*)
          </button>
          <Places places={stars} workspace={workspace} />
          {stars.length > 0 && (
            <SaveKeyImages workspace={workspace} desk={desk} study={study} stars={stars} run={run} />
          )}
        </section>
      )}
      {workspace.desk.keeps && study && <SaveMarks workspace={workspace} study={study} run={run} />}
      <p class="hv-objects-problem" role="alert">
        {problem.value}
      </p>
    </div>
  );
}
