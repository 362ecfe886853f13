with checked_rows as (
    select * from {{ ref('checked_rows') }}
),

dataset_areas as (
    select * from {{ ref('dataset_areas') }}
),

-- Whatever the order of rows and files: the number of rows, and the sum of the md5 of each.
source_fingerprints as (
    select
        source,
        count(*) as n_rows,
        sum(raw_row_number) as row_sum
    from checked_rows
    group by source
),

fingerprints as (
    select
        dataset_areas.area,
        md5(string_agg(
            concat(dataset_areas.dataset, coalesce(source_fingerprints.n_rows, 0), ':', source_fingerprints.row_sum),
            '|' order by dataset_areas.number
        )) as raw_data_fingerprint
    from dataset_areas
    left join source_fingerprints on dataset_areas.dataset = source_fingerprints.source
    where dataset_areas.is_enabled
    group by dataset_areas.area
),

previous_builds as (
    select
        area,
        generation_id,
        built_at,
        code_version,
        raw_data_fingerprint,
        previous_generation_id
    from {{ source('previous', 'build_info') }}
),

previous_data_quality as (
    select * from {{ source('previous', 'data_quality') }}
),

-- Areas that were switched off before have an older id; the generation's own is the newest.
previous_generation as (
    select max(generation_id) as generation_id
    from previous_builds
),

builds as (
    select
        fingerprints.area,
        '{{ generation_id() }}' as generation_id,
        {{ build_moment() }} as built_at,
        code_version() as code_version,
        fingerprints.raw_data_fingerprint,
        false as is_carried_over,
        previous_generation.generation_id as previous_generation_id
    from fingerprints
    cross join previous_generation

    union all by name

    select
        previous_builds.*,
        true as is_carried_over
    from previous_builds
    anti join fingerprints using (area)
),

carried_over as (
    select
        dataset_areas.area,
        string_agg(dataset_areas.dataset, ', ' order by dataset_areas.number) as sources
    from dataset_areas
    semi join previous_data_quality on dataset_areas.dataset = previous_data_quality.source
    where not dataset_areas.is_enabled
    group by dataset_areas.area
)

select
    builds.area,
    builds.generation_id,
    builds.built_at,
    builds.code_version,
    builds.raw_data_fingerprint,
    builds.is_carried_over,
    carried_over.sources as carried_over_sources,
    builds.previous_generation_id,
    schema_version() as schema_version
from builds
left join carried_over using (area)
order by builds.area
