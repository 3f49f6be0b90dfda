/** Entry of the study list (rows that change by themselves) and of the upload page. */

import { readConfig } from "../api/config";
import type { StudiesPageConfig } from "./config";
import { LiveList } from "./live_list";
import { startUploadPage } from "./upload_page";

const config = readConfig<StudiesPageConfig>();
const list = document.querySelector<HTMLElement>("[data-live-list]");
if (list) new LiveList(list).start();
const drop = document.querySelector<HTMLElement>("[data-upload]");
if (drop && config.upload) startUploadPage(drop, config.csrf, config.upload);
