select name
from ferrobase.surface
