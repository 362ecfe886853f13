-- What is different from the night before, in sentences; nothing where all is as it was.
with night as (
    select max(generation_id) as generation_id from monitoring.build_info
),

volumes as (
    select
        1 as place,
        format('{}: {:,} rows, {:+.1f} % against the night before.', source, rows_read, 100 * volume_change) as change
    from monitoring.source_health
    where volume_change <> 0
),

moves as (
    select
        2 as place,
        format(
            '{}: {:,} customers changed segment, {:,} are new, {:,} left.', moves.dataset,
            coalesce(sum(moves.customers) filter (where moves.from_segment > 0 and moves.to_segment > 0), 0)::bigint,
            coalesce(sum(moves.customers) filter (where moves.from_segment = 0), 0)::bigint,
            coalesce(sum(moves.customers) filter (where moves.to_segment = 0), 0)::bigint
        ) as change
    from segmentation.segment_migrations as moves
    inner join night using (generation_id)
    where
        moves.from_segment <> moves.to_segment
        and exists (
            select 1 from segmentation.segment_migrations as earlier
            where earlier.dataset = moves.dataset and earlier.generation_id < moves.generation_id
        )
    group by moves.dataset
),

decisions as (
    select
        3 as place,
        format(
            '{}, {}: {} ({}).', decisions.dataset, decisions.area,
            case decisions.outcome
                when 'first' then 'a model was fitted for the first time'
                when 'replaced' then 'a new model serves'
                else 'a new fit was no better, the stored model stays'
            end,
            decisions.reason
        ) as change
    from monitoring.training_decisions as decisions
    inner join night using (generation_id)
    where decisions.outcome <> 'scored'
),

drifted as (
    select
        4 as place,
        format('{}: {} has drifted (PSI {:.2f}).', drift.dataset, replace(drift.feature, '_', ' '), drift.psi) as change
    from monitoring.feature_drift as drift
    inner join night using (generation_id)
    where drift.status = 'drifted'
)

select * from volumes
union all
select * from moves
union all
select * from decisions
union all
select * from drifted
order by place, change
