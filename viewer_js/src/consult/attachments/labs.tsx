import { useSignal } from "@preact/signals";
import type { ComponentChildren } from "preact";
import { msg, t } from "../../i18n/translate";
import { SendButton, SendForm } from "../attempt";
import type { LabRow } from "../event_types";
import type { Room } from "../room";
import type { CaseLab } from "../wire";

const FLAGS: Record<LabRow["flag"], string> = { "": "", A: msg("abnormal"), H: msg("high"), L: msg("low") };
const SIGNS: Record<LabRow["flag"], string> = { "": "", A: "!", H: "↑", L: "↓" };

interface LabsProps {
  readonly room: Room;
  readonly labs: readonly CaseLab[];
  readonly mayAdd: boolean;
}

/** The values as a table; what lies beyond its range stands out by sign and colour. */
export function Labs({ room, labs, mayAdd }: LabsProps) {
  // Whoever typed one takes it back; to everybody else the server says no.
  const mayRemove = ({ by }: CaseLab): boolean => mayAdd && by.id === room.me.value?.id;
  const removes = labs.some(mayRemove);
  return (
    <>
      {labs.length > 0 && (
        <table class="hr-labs">
          <thead>
            <tr>
              <th scope="col">{t("Test")}</th>
              <th scope="col">{t("Value")}</th>
              <th scope="col">{t("Reference range")}</th>
              {removes && (
                <th>
                  <span class="hr-hidden">{t("Remove")}</span>
                </th>
              )}
            </tr>
          </thead>
          <tbody>
            {labs.map((lab) => (
              <LabLine key={lab.id} lab={lab}>
                {removes && <td>{mayRemove(lab) && <RemoveButton room={room} lab={lab} />}</td>}
              </LabLine>
            ))}
          </tbody>
        </table>
      )}
      {mayAdd && <AddLabs room={room} />}
    </>
  );
}

function LabLine({ lab, children }: { readonly lab: LabRow; readonly children: ComponentChildren }) {
  return (
    <tr class={lab.flag ? "flagged" : ""}>
      <th scope="row">
        {lab.name}
        {lab.taken_at && <small>{lab.taken_at}</small>}
      </th>
      <td>
        {lab.value} {lab.unit}
        {lab.flag && (
          <span class="hr-flag" title={t(FLAGS[lab.flag])}>
            <span aria-hidden="true">{SIGNS[lab.flag]}</span>
            <span class="hr-hidden">{t(FLAGS[lab.flag])}</span>
          </span>
        )}
      </td>
      <td>{lab.reference}</td>
      {children}
    </tr>
  );
}

function RemoveButton({ room, lab }: { readonly room: Room; readonly lab: LabRow }) {
  const remove = (): void => {
    room.wish("strike", { lab_id: lab.id }).catch((error: Error) => room.viewer.notify(error.message));
  };
  return (
    <button
      type="button"
      class="hr-link"
      aria-label={t("Remove {name}", { name: lab.name })}
      onClick={remove}
    >
      ×
    </button>
  );
}

/** Typed, or pasted from a spreadsheet in one go; the server reads the lines. */
function AddLabs({ room }: { readonly room: Room }) {
  const text = useSignal("");
  const send = async (): Promise<void> => {
    await room.wish("labs", { text: text.value });
    text.value = "";
  };
  return (
    <details class="hr-fold">
      <summary>{t("Add laboratory values")}</summary>
      <SendForm send={send} foot={(busy) => <SendButton busy={busy}>{t("Add these values")}</SendButton>}>
        <label>
          {t("One value a line: name; value; unit; reference range; taken when")}
          <textarea
            rows={4}
            required
            value={text.value}
            placeholder={"Hemoglobin; 95; g/L; 120-160; 20/11\nCRP; 48; mg/L; <5"}
            onInput={({ currentTarget }) => {
              text.value = currentTarget.value;
            }}
          />
        </label>
        <small class="muted">{t("Cells copied from a spreadsheet can be pasted as they are.")}</small>
      </SendForm>
    </details>
  );
}
