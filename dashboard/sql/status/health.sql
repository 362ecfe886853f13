-- What somebody should look at after last night: nothing where it was healthy.
with drifted as (
    select
        'drift' as kind,
        dataset as subject,
        count(*) as how_many,
        string_agg(feature, ', ' order by psi desc, feature asc) as detail
    from monitoring.feature_drift
    where status = 'drifted' and generation_id = (select max(build_info.generation_id) from monitoring.build_info)
    group by dataset
),

volumes as (
    select
        'volume' as kind,
        source as subject,
        rows_read as how_many,
        format('{:+.0f} % rows', 100 * volume_change) as detail
    from monitoring.source_health
    where abs(volume_change) > .5
),

fits as (
    select
        'fit' as kind,
        dataset as subject,
        1 as how_many,
        fit_problem as detail
    from monitoring.training_decisions
    where fit_problem is not null and generation_id = (select max(build_info.generation_id) from monitoring.build_info)
)

select * from drifted
union all
select * from volumes
union all
select * from fits
order by kind, subject
