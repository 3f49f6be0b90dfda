/** The sentences by which the server says why a PET image has no SUV (app/archive/facts_suv.py), to be translated. */

import { msg } from "../i18n/translate";

export const SUV_REASONS: readonly string[] = [
  msg("No SUV: the half-life of the tracer is not known."),
  msg("No SUV: the image does not count in Bq/ml."),
  msg("No SUV: the image does not say how decay was corrected."),
  msg("No SUV: the injected dose is not known."),
  msg("No SUV: the times of injection and scan are not known."),
  msg("No SUV: the weight of the patient is not known."),
];
