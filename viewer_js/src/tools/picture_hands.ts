/** Windows by number, by the image, by a region: fetched after the first image. */

import { Later } from "../api/later";

export const pictureHands = new Later(() => import("./picture_code"));
