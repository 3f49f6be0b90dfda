/** The page of a recording: the viewer, and below it the bar that plays. */

import "./player.css";
import { render } from "preact";
import { readConfig } from "../../api/config";
import { requestJson, sentenceOf } from "../../api/http";
import { t } from "../../i18n/translate";
import { mount } from "../../ui/mount";
import type { RoomConfig } from "../server";
import { Hearing } from "./hearing";
import { Player } from "./player";
import { PlayerBar } from "./player_bar";
import { eventsOf, scoreOf, type TrackTold } from "./score";

interface RecordingConfig extends RoomConfig {
  readonly recording_id: string;
}

export async function replay(root: HTMLElement): Promise<void> {
  const config = readConfig<RecordingConfig>();
  const images = part("hp-images");
  const below = part("hp-below");
  root.classList.add("hp-room");
  root.replaceChildren(images, below);
  const viewer = mount(images, config);
  const back = `/consults/${config.consult_id}`;
  const address = `${back}/recordings/${config.recording_id}`;
  render(<p class="hp-bar">{t("Loading…")}</p>, below);
  try {
    const [track, events] = await Promise.all([
      requestJson<TrackTold>(`${address}/track`),
      eventsOf(config.consult_id),
    ]);
    const score = scoreOf(track, events, config.recording_id);
    const hearing = new Hearing(score.voices, (piece) => `${address}/voices/${piece}`);
    render(<PlayerBar player={new Player(score, viewer, hearing)} back={back} />, below);
  } catch (error) {
    render(
      <p class="hp-bar" role="alert">
        {sentenceOf(error)} <a href={back}>{t("Back to the consult")}</a>
      </p>,
      below,
    );
  }
}

function part(className: string): HTMLElement {
  const element = document.createElement("section");
  element.className = className;
  return element;
}
