import { readConfig } from "./api/config.ts";

readConfig();
