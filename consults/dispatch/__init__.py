"""Who gets a case: duty groups and the roster, offers that go on to the next, handover, and the coordinator's board."""
