-- To whom a code was given, as long as nobody used it and it is good.
ALTER TABLE codes ADD COLUMN given_to TEXT COLLATE "C";
