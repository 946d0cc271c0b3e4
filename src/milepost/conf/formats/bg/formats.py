"""Bulgarian: days in figures, since Django has the months with a capital, as nobody writes them; 24 hours; a space
between thousands. Source: CLDR 46, Bulgarian, without the „г.“, because sentences end on a day."""

DATE_FORMAT = "j.m.Y"
SHORT_DATE_FORMAT = "d.m.Y"
DATETIME_FORMAT = "j.m.Y, H:i"
SHORT_DATETIME_FORMAT = "d.m.Y H:i"
MONTH_DAY_FORMAT = "j.m"
YEAR_MONTH_FORMAT = "m.Y"
NUMBER_GROUPING = 3
