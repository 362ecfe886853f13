-- What is the probability that this lead converts? Runs on the published file as it stands.
with recursive lead as (
    select
        41 as age,
        3 as website_visits,
        1260 as time_spent_on_website,
        2.4 as page_views_per_visit,
        0 as has_seen_print_media_type1,
        0 as has_seen_print_media_type2,
        1 as has_seen_digital_media,
        0 as has_heard_from_educational_channels,
        0 as has_referral,
        'Professional' as current_occupation,
        'Website' as first_interaction,
        'High' as profile_completed,
        'Email Activity' as last_activity
),

model as (
    select * from models.propensity_models
    where dataset = 'leads' and is_champion
),

lead_texts as (
    select columns(*)::varchar from lead
),

feature_values as (
    unpivot lead_texts on columns(*) into name feature value feature_value
),

encoded as (
    select
        encodings.position,
        (case
            when encodings.category is null then coalesce(feature_values.feature_value::double, encodings.impute_value)
            else coalesce(feature_values.feature_value = encodings.category, false)::double
        end - encodings.mean) / encodings.scale as element,
        coalesce(encodings.coefficient, 0) as coefficient
    from models.propensity_encodings as encodings
    inner join model using (dataset, model_family)
    left join feature_values using (feature)
),

vectors as (
    select
        list(case when model.is_single_precision then encoded.element::float else encoded.element end order by encoded.position) as vector,
        sum(coalesce(encoded.element * encoded.coefficient, 0)) as linear_score
    from encoded
    cross join model
),

trees as (
    select
        trees.*,
        vectors.vector
    from models.propensity_trees as trees
    inner join model using (dataset, model_family)
    cross join vectors
),

walk as (
    select
        tree_index,
        1::bigint as node
    from trees
    union all
    select
        walk.tree_index,
        case
            when coalesce(trees.vector[trees.feature[walk.node]] <= trees.threshold[walk.node], trees.missing_go_left[walk.node])
                then trees.left_child[walk.node]
            else trees.right_child[walk.node]
        end as node
    from walk
    inner join trees using (tree_index)
    where trees.feature[walk.node] is not null
),

raw as (
    select
        model.*,
        model.intercept + vectors.linear_score + coalesce(
            (
                select sum(trees.weight * trees.value[walk.node])
                from walk
                inner join trees using (tree_index)
                where trees.feature[walk.node] is null
            ),
            0
        ) as raw_score
    from model
    cross join vectors
),

points as (
    select
        unnest(calibrators.raw_scores) as raw_score,
        unnest(calibrators.probabilities) as probability
    from models.propensity_calibrators as calibrators
    inner join model using (dataset, model_family)
),

neighbours as (
    select
        max(points.raw_score) filter (where points.raw_score <= raw.raw_score) as score_below,
        min(points.raw_score) filter (where points.raw_score > raw.raw_score) as score_above,
        max(points.probability) filter (where points.raw_score <= raw.raw_score) as probability_below,
        min(points.probability) filter (where points.raw_score > raw.raw_score) as probability_above
    from points
    cross join raw
),

calibrated as (
    select
        raw.model_family,
        raw.model_run_id,
        raw.training_rows,
        raw.raw_score,
        case
            when calibrators.slope is not null then 1 / (1 + exp(-(calibrators.slope * raw.raw_score + calibrators.intercept)))
            else coalesce(
                neighbours.probability_below
                + (neighbours.probability_above - neighbours.probability_below)
                * (raw.raw_score - neighbours.score_below) / (neighbours.score_above - neighbours.score_below),
                neighbours.probability_below,
                neighbours.probability_above
            )
        end as probability
    from raw
    inner join models.propensity_calibrators as calibrators using (dataset, model_family)
    cross join neighbours
)

select
    model_family,
    model_run_id,
    round(raw_score, 9) as raw_score,
    round(greatest(1 / (2 * training_rows), least(1 - 1 / (2 * training_rows), probability)), 9) as conversion_probability
from calibrated
