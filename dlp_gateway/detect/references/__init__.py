"""References that nothing names: "paying on 70331245 again", told by everything that is said around them."""
