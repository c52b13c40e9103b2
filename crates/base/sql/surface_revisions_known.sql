select to_regprocedure('ferrobase.surfaces_here()') is not null
