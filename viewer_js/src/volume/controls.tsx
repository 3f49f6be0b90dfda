/** The strip above the planes: leave, tools, slab, window, and what the server has put right. */

import { useId } from "preact/hooks";
import { formatNumber, t } from "../i18n/translate";
import { Popover } from "../ui/popover";
import { presetsOf } from "../viewport/presets";
import { PlaneIcon, type PlaneIconName } from "./icons";
import { KEYS } from "./keys";
import type { SlabMode } from "./server";
import { THICKEST, type VolumeSession } from "./session";
import { PLANE_TOOLS, type PlaneTool, SLAB_NAMES } from "./words";

interface Props {
  session: VolumeSession;
}

interface ButtonProps {
  icon: PlaneIconName;
  name: string;
  keyName?: string;
  pressed?: boolean;
  disabled?: boolean;
  act: () => void;
}

function Button({ icon, name, keyName, pressed, disabled = false, act }: ButtonProps) {
  return (
    <button
      type="button"
      class="hv-button"
      aria-label={name}
      title={keyName ? `${name} (${keyName})` : name}
      disabled={disabled}
      {...(pressed === undefined ? {} : { "aria-pressed": pressed })}
      onClick={act}
    >
      <PlaneIcon name={icon} />
    </button>
  );
}

function Tools({ session }: Props) {
  const choose = ({ id }: PlaneTool) => {
    session.tool.value = id;
  };
  return (
    <fieldset class="hv-group" aria-label={t("Tools")}>
      {PLANE_TOOLS.map((tool) => (
        <Button
          key={tool.id}
          icon={tool.icon}
          name={t(tool.name)}
          keyName={tool.key.toUpperCase()}
          pressed={session.tool.value === tool.id}
          act={() => choose(tool)}
        />
      ))}
    </fieldset>
  );
}

function Slab({ session }: Props) {
  const id = useId();
  const slab = session.slab.value;
  return (
    <fieldset class="hv-group hv-mpr-slab-group" aria-label={t("Slab")}>
      <label for={id}>{t("Slab")}</label>
      <input
        id={id}
        type="range"
        min={0}
        max={THICKEST}
        value={slab}
        title={t("Thickness of the slab (Shift and wheel)")}
        aria-valuetext={`${slab} mm`}
        onInput={({ currentTarget }) => {
          session.slab.value = Number(currentTarget.value);
        }}
      />
      <output for={id}>{slab === 0 ? t("thin") : `${formatNumber(slab)} mm`}</output>
      <select
        aria-label={t("How a slab is put together")}
        value={session.mode.value}
        onChange={({ currentTarget }) => {
          session.mode.value = currentTarget.value as SlabMode;
        }}
      >
        {(["max", "mean", "min"] as const).map((mode) => (
          <option key={mode} value={mode}>
            {t(SLAB_NAMES[mode])}
          </option>
        ))}
      </select>
    </fieldset>
  );
}

function Windows({ session }: Props) {
  const { stack } = session;
  const presets = presetsOf(stack.series.modality, session.facts.value?.unit ?? "", []);
  return (
    <Popover icon="sliders" label={t("Window presets")}>
      {(close) =>
        presets.map((preset, place) => (
          <button
            key={preset.name}
            type="button"
            class="hv-menu-item"
            onClick={() => {
              session.choosePreset(place);
              close();
            }}
          >
            <kbd>{place < 9 ? place + 1 : ""}</kbd>
            <span>{t(preset.name)}</span>
            <small>
              {preset.window
                ? `${formatNumber(preset.window.center)} / ${formatNumber(preset.window.width)}`
                : ""}
            </small>
          </button>
        ))
      }
    </Popover>
  );
}

function Curved({ session }: Props) {
  const isCurved = session.last.value === "curved";
  const points = session.curve.points.value.length;
  return (
    <fieldset class="hv-group" aria-label={t("Curved plane")}>
      <Button
        icon="curve"
        name={t("Curved plane")}
        keyName="U"
        pressed={isCurved}
        act={() => session.toggleCurve()}
      />
      {isCurved && (
        <Button
          icon="undo"
          name={t("Take the last point back")}
          keyName="⌫"
          disabled={points === 0}
          act={() => session.curve.removeLast()}
        />
      )}
    </fieldset>
  );
}

function Measures({ session }: Props) {
  const count = session.measures.all.value.length;
  if (count === 0) return null;
  return (
    <div class="hv-mpr-notes" role="note">
      <span>{t("Measured on a reconstructed plane; not saved.")}</span>{" "}
      <button type="button" class="hv-plain" onClick={() => session.measures.clear()}>
        {t("Delete the measurements")}
      </button>
    </div>
  );
}

function Keys() {
  return (
    <Popover icon="help" label={t("Keys and gestures")}>
      {() => (
        <dl class="hv-mpr-keys">
          {KEYS.map(([keys, name]) => (
            <div key={keys}>
              <dt>
                <kbd>{t(keys)}</kbd>
              </dt>
              <dd>{t(name)}</dd>
            </div>
          ))}
        </dl>
      )}
    </Popover>
  );
}

function Notes({ session }: Props) {
  const notes = session.facts.value?.notes ?? [];
  if (notes.length === 0) return null;
  return (
    <p class="hv-mpr-notes" role="note">
      {notes.join(" ")}
    </p>
  );
}

export function Controls({ session, leave }: Props & { leave: () => void }) {
  const isReady = session.loading.value.state === "ready";
  const { number, modality, description } = session.stack.series;
  return (
    <header class="hv-mpr-head">
      <div class="hv-mpr-tools" role="toolbar" aria-label={t("Tools of the planes")}>
        <button
          type="button"
          class="hv-button hv-mpr-leave"
          title={`${t("Back to the images")} (Esc)`}
          onClick={leave}
        >
          <PlaneIcon name="leave" />
          <span>{t("Back to the images")}</span>
        </button>
        {isReady && (
          <>
            <Tools session={session} />
            <Slab session={session} />
            <Windows session={session} />
            <Curved session={session} />
            <fieldset class="hv-group" aria-label={t("Picture")}>
              <Button
                icon="lines"
                name={t("Lines of the planes")}
                keyName="B"
                pressed={session.showsLines.value}
                act={() => session.toggleLines()}
              />
              <Button
                icon="invert"
                name={t("Invert")}
                keyName="I"
                pressed={session.invert.value}
                act={() => session.toggleInvert()}
              />
              <Button icon="reset" name={t("Reset everything")} keyName="X" act={() => session.reset()} />
            </fieldset>
            <Keys />
          </>
        )}
        <span class="hv-mpr-series">
          {[modality, number === null ? "" : `${number}.`, description].filter(Boolean).join(" ")}
        </span>
      </div>
      <Notes session={session} />
      <Measures session={session} />
    </header>
  );
}
