/** Entry of the consult room: the viewer and beside it the case, the talk, the marks and the people. */

import "./consult/room.css";
import "./consult/panels.css";
import "./consult/talk.css";
import { render } from "preact";
import { readConfig } from "./api/config";
import { Keeping } from "./consult/keeping";
import { Room } from "./consult/room";
import { Banners, Panel } from "./consult/room_view";
import type { RoomConfig } from "./consult/server";
import { fetched, laterWords } from "./i18n/fetched";
import { mount } from "./ui/mount";

function part(tag: string, className: string): HTMLElement {
  const element = document.createElement(tag);
  element.className = className;
  return element;
}

function start(): void {
  laterWords.push(() => import("virtual:messages/room_rest"));
  const root = document.getElementById("hoichan-room");
  if (root === null) throw new Error("the page has no #hoichan-room");
  if (readConfig().page === "recording") {
    void fetched(() => import("./consult/recordings/replay")).then(({ replay }) => replay(root));
    return;
  }
  const stage = part("section", "hr-stage");
  const images = part("div", "hr-images");
  const banners = part("div", "hr-banners");
  const panel = part("aside", "hr-panel");
  // what the page shows until the viewer has drawn: viewport/first_picture.ts takes it over
  stage.append(images, banners, ...root.querySelectorAll(".first-picture"));
  root.classList.add("hr-room");
  root.replaceChildren(stage, panel);
  const config = readConfig<RoomConfig>();
  void Keeping.opened(config).then((keeping) => {
    const room = new Room(config, mount, images, keeping);
    render(<Banners room={room} />, banners);
    render(<Panel room={room} root={root} />, panel);
    void room.enter();
  });
}

start();
