"""Laws that take seconds to try, without a database."""
