-- The generation of this file, when it was built, and what was carried over into it.
with carried_over as (
    select string_agg(distinct source, ', ' order by source) as sources
    from (
        select unnest(string_split(carried_over_sources, ', ')) as source
        from monitoring.build_info
    ) as of_each_area
)

select
    max(build_info.built_at) as built_at,
    format(
        'Built {} UTC, generation {}.', strftime(max(build_info.built_at), '%Y-%m-%d %H:%M'), max(build_info.generation_id)
    ) || coalesce(' As last published: ' || any_value(carried_over.sources) || '.', '') as said
from monitoring.build_info
cross join carried_over
