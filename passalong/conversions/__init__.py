"""What came of referrals, as other systems, lists and hosts tell it: read, matched and filed."""
