/** The commands with their keys, each of which opens a small form to set another. */

import { useSignal } from "@preact/signals";
import { msg, t } from "../i18n/translate";
import { COMMANDS, type Command } from "../tools/commands";
import { idOf, keymap, keysIn, ownKeys } from "../tools/shortcuts";
import { KeyForm } from "./key_form";
import { keyText } from "./key_text";
import "./key_lists.css";

const GROUPS: Record<Command["group"], string> = {
  tools: msg("Tools"),
  images: msg("Images"),
  layout: msg("Viewports"),
  picture: msg("Picture"),
  marks: msg("Marks"),
};

const MOST_KEYS = 4;

/** Commands of one name share a line until one of them has a key of its own: the nine presets. */
function linesOf(group: Command["group"]): Command[][] {
  const lines = new Map<string, Command[]>();
  for (const command of COMMANDS) {
    if (command.group !== group) continue;
    lines.set(command.name, [...(lines.get(command.name) ?? []), command]);
  }
  return [...lines.values()];
}

function shownKeys(commands: readonly Command[]): string[] {
  const map = keymap();
  const keys = commands.flatMap((command) => keysIn(map, command)).map(keyText);
  return keys.length > MOST_KEYS ? [`${keys[0]} … ${keys.at(-1)}`] : keys;
}

function Keys({ shown }: { shown: readonly string[] }) {
  if (shown.length === 0) return <span class="hv-no-key">{t("no key")}</span>;
  return (
    <>
      {shown.map((key) => (
        <span key={key}>
          <kbd>{key}</kbd>{" "}
        </span>
      ))}
    </>
  );
}

function Line({ commands }: { commands: readonly Command[] }) {
  const isOpen = useSignal(false);
  const [first] = commands;
  if (!first) return null;
  const name = t(first.name);
  const keys = shownKeys(commands);
  const label = t("Set the key of: {name}", { name });
  return (
    <div class={isOpen.value ? "hv-key-open" : ""}>
      <dt>
        <button
          type="button"
          class="hv-key-button"
          aria-label={`${keys.join(" ") || t("no key")}. ${label}`}
          title={t("Set another key")}
          aria-expanded={isOpen.value}
          onClick={() => {
            isOpen.value = !isOpen.value;
          }}
        >
          <Keys shown={keys} />
        </button>
      </dt>
      <dd>
        {name}
        {isOpen.value &&
          commands.map((command, number) => (
            <KeyForm
              key={idOf(command)}
              command={command}
              label={commands.length > 1 ? String(number + 1) : ""}
              close={() => {
                isOpen.value = false;
              }}
            />
          ))}
      </dd>
    </div>
  );
}

export function KeyLists({ gestures }: { gestures: readonly (readonly [string, string])[] }) {
  const own = ownKeys();
  const hasOwn = Object.keys(own.value).length > 0;
  return (
    <>
      <p class="hv-note">
        {t("Press a key in the list to set another one.")}
        {hasOwn && (
          <button
            type="button"
            class="hv-plain"
            onClick={() => {
              own.value = {};
            }}
          >
            {t("All keys as they came")}
          </button>
        )}
      </p>
      <div class="hv-keys">
        {(Object.keys(GROUPS) as Command["group"][]).map((group) => (
          <section key={group}>
            <h3>{t(GROUPS[group])}</h3>
            <dl>
              {linesOf(group).map((commands) => (
                <Line key={commands[0]?.name} commands={commands} />
              ))}
            </dl>
          </section>
        ))}
        <section>
          <h3>{t("Gestures")}</h3>
          <dl>
            {gestures.map(([gesture, effect]) => (
              <div key={gesture}>
                <dt>{t(gesture)}</dt>
                <dd>{t(effect)}</dd>
              </div>
            ))}
          </dl>
        </section>
      </div>
    </>
  );
}
