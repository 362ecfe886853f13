-- What somebody should look at after last night, in words: nothing where it was healthy.
with drifted as (
    select
        1 as place,
        format(
            '{} of {} drifted ({})', if(count(*) = 1, 'a column', count(*) || ' columns'), dataset,
            string_agg(replace(feature, '_', ' '), ', ' order by psi desc, feature asc)
        ) as problem
    from monitoring.feature_drift
    where status = 'drifted' and generation_id = (select max(build_info.generation_id) from monitoring.build_info)
    group by dataset
),

volumes as (
    select
        2 as place,
        format('{} has {:+.0f} % rows against the night before', source, 100 * volume_change) as problem
    from monitoring.source_health
    where abs(volume_change) > .5
),

fits as (
    select
        3 as place,
        format('no new model for {} ({})', dataset, fit_problem) as problem
    from monitoring.training_decisions
    where fit_problem is not null and generation_id = (select max(build_info.generation_id) from monitoring.build_info)
)

select * from drifted
union all
select * from volumes
union all
select * from fits
order by place, problem
