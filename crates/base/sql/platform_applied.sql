select room, version, name, checksum
from ferrobase.migrations
order by room, version
