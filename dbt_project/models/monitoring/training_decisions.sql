with previous_decisions as (
    select * from {{ source('previous', 'training_decisions') }}
),

decisions as (
    {%- for dataset in modelled_datasets() %}
    select * from {{ ref(dataset ~ '_training_decision') }}
    {% if not loop.last %}union all{% endif %}
    {%- endfor %}
),

outcomes as (
    select * from {{ ref('fit_outcomes') }}
),

-- A fit that was only applied, or that none could challenge, was last considered when it was last challenged.
last_considered as (
    select * from {{ ref('previous_training_decisions') }}
),

present as (
    select
        decisions.area,
        decisions.dataset,
        '{{ generation_id() }}' as generation_id,
        decisions.decision,
        decisions.reason,
        outcomes.outcome,
        outcomes.quality,
        outcomes.challenger_quality,
        outcomes.fit_problem,
        decisions.max_quality_loss,
        outcomes.model_run_ids,
        {%- for column, present in {
            'training_version': 'training_version', 'spec_fingerprint': 'spec_fingerprint', 'considered_at': 'decided_at'
        }.items() %}
        case
            when outcomes.outcome = 'scored' or outcomes.fit_problem is not null then last_considered.{{ column }}
            else decisions.{{ present }}
        end as {{ column }}
        {%- if not loop.last %},{% endif %}
        {%- endfor %}
    from decisions
    inner join outcomes using (dataset)
    left join last_considered using (dataset)
)

select * from previous_decisions
union all by name
select * from present
order by generation_id, area, dataset
