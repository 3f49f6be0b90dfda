/** The bytes read so far, and behind the button what the whole study would take and the data saver. */

import type { ComponentType } from "preact";
import { useEffect, useState } from "preact/hooks";
import { fetched } from "../i18n/fetched";
import { t } from "../i18n/translate";
import { bytesRead, startMeter } from "../stream/meter";
import type { Workspace } from "../viewport/workspace";
import { bytesText } from "./bytes";
import { Popover } from "./popover";

type Panel = ComponentType<{ workspace: Workspace }>;

function Loaded({ workspace }: { workspace: Workspace }) {
  const [Content, setContent] = useState<Panel | null>(null);
  useEffect(() => {
    void fetched(() => import("./meter_panel")).then(({ MeterPanel }) => setContent(() => MeterPanel));
  }, []);
  return Content ? <Content workspace={workspace} /> : null;
}

export function MeterButton({ workspace }: { workspace: Workspace }) {
  useEffect(startMeter, []);
  const isSaving = workspace.store.saver.on.value;
  return (
    <Popover
      icon={isSaving ? "saver" : "meter"}
      label={isSaving ? t("Data used; the data saver is on") : t("Data used")}
      text={bytesText(bytesRead.value)}
      isFigure
    >
      {() => <Loaded workspace={workspace} />}
    </Popover>
  );
}
