"""Polish: points between the figures of a day. Source: CLDR 46, Polish."""

SHORT_DATE_FORMAT = "d.m.Y"
SHORT_DATETIME_FORMAT = "d.m.Y H:i"
