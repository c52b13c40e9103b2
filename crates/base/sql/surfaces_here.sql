select name, version, revision
from ferrobase.surfaces_here()
