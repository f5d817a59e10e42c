"""政务会议开放: from an agenda application to a published open meeting (会1–会11)."""
