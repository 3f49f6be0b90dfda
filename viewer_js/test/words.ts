/** Tests know every word; a page learns those of its entry first (test/i18n/messages.test.ts). */

import "virtual:messages/all";
