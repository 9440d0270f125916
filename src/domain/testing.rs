//! Builders shared by the unit tests of the domain.
