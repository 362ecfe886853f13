with contributions as (
    select * from {{ ref('propensity_score_contributions') }}
),

spec_features as (
    select * from {{ ref('propensity_spec_features') }}
),

deciles as (
    select * from {{ ref('propensity_feature_deciles') }}
),

wording as (
    select
        *,
        {{ struct_of({'phrase': 'phrase', 'above': 'above', 'below': 'below'}) }} as words
    from {{ ref('propensity_reason_wording') }}
),

features as (
    select
        spec_features.dataset,
        spec_features.feature,
        spec_features.topic,
        (spec_features.dataset, spec_features.feature) in {{ masked_features() }} as is_masked,
        missing_wording.phrase is not null as is_told_missing
    from spec_features
    left join wording as missing_wording
        on
            spec_features.dataset = missing_wording.dataset
            and spec_features.feature = missing_wording.feature
            and missing_wording.feature_value = 'missing'
),

-- Not told: a masked value, and a missing one without words for that.
candidates as (
    select
        contributions.dataset,
        contributions.entity_id,
        contributions.contribution,
        features.topic,
        case
            when not features.is_masked and (contributions.feature_value is not null or features.is_told_missing) then
                {{ struct_of({
                    'contribution': 'contributions.contribution',
                    'feature': 'contributions.feature',
                    'feature_value': 'contributions.feature_value'
                }) }}
        end as told
    from contributions
    inner join features using (dataset, feature)
    where contributions.contribution != 0
),

-- Features that say nearly the same may speak against each other: their sum decides, and the one is told that moves it most.
topics as (
    select
        dataset,
        entity_id,
        topic,
        {{ exact_sum('contribution') }} as contribution,
        max(told) as most_for_it,
        min(told) as most_against_it
    from candidates
    group by dataset, entity_id, topic
),

weighed as (
    select
        dataset,
        entity_id,
        topic,
        contribution,
        case when contribution > 0 then most_for_it else most_against_it end as told,
        abs(contribution) / sum(abs(contribution)) over (partition by dataset, entity_id) as share
    from topics
    where contribution != 0
),

told as (
    select
        weighed.dataset,
        weighed.entity_id,
        weighed.contribution,
        weighed.told.feature,
        weighed.told.feature_value,
        try_cast(weighed.told.feature_value as double) as number_value,
        row_number() over (
            partition by weighed.dataset, weighed.entity_id, sign(weighed.contribution)
            order by abs(weighed.contribution) desc, weighed.topic asc
        ) as place
    from weighed
    -- Topics that hardly matter are left out, and those whose direction comes only from values that are not told.
    where weighed.share >= {{ var('propensity_reason_min_share') }} and weighed.told.contribution * weighed.contribution > 0
),

-- A number as it is shown, and how many tenths of the training part have a smaller one and a larger one.
shown as (
    select
        told.dataset,
        told.entity_id,
        told.feature,
        told.contribution,
        told.place,
        coalesce(
            case
                when any_wording.decimals = 0 then {{ whole_number_as_text('told.number_value / any_wording.divisor') }}
                else {{ number_as_text('told.number_value / any_wording.divisor', 'any_wording.decimals') }}
            end,
            told.feature_value,
            'missing'
        ) as shown_value,
        any_wording.words,
        {{ count_below('deciles.deciles', 'told.number_value') }} as tenths_below,
        9 - {{ count_up_to('deciles.deciles', 'told.number_value') }} as tenths_above
    from told
    left join wording as any_wording
        on told.dataset = any_wording.dataset and told.feature = any_wording.feature and any_wording.feature_value = '*'
    left join deciles on told.dataset = deciles.dataset and told.feature = deciles.feature
    where told.place <= 3
),

worded as (
    select
        shown.dataset,
        shown.entity_id,
        shown.contribution,
        shown.place,
        shown.shown_value,
        shown.tenths_below,
        shown.tenths_above,
        coalesce(
            exact_wording.words,
            shown.words,
            {{ struct_of({'phrase': "shown.feature || ': {value}'", 'above': 'null::string', 'below': 'null::string'}) }}
        ) as words
    from shown
    left join wording as exact_wording
        on
            shown.dataset = exact_wording.dataset
            and shown.feature = exact_wording.feature
            and shown.shown_value = exact_wording.feature_value
),

-- More than half of them, or nothing is said of the others.
sentences as (
    select
        worded.dataset,
        worded.entity_id,
        worded.contribution > 0 as speaks_for_it,
        worded.place,
        concat_ws(
            ', ',
            replace(worded.words.phrase, '{value}', worded.shown_value),
            case
                when worded.tenths_below > 5 then replace(worded.words.above, '{tenths}', worded.tenths_below::string)
                when worded.tenths_above > 5 then replace(worded.words.below, '{tenths}', worded.tenths_above::string)
            end
        ) as sentence
    from worded
),

entities as (
    select distinct
        dataset,
        entity_id
    from contributions
)

select
    entities.dataset,
    entities.entity_id,
    max(sentences.sentence) filter (where sentences.speaks_for_it and sentences.place = 1) as reason_1,
    max(sentences.sentence) filter (where sentences.speaks_for_it and sentences.place = 2) as reason_2,
    max(sentences.sentence) filter (where sentences.speaks_for_it and sentences.place = 3) as reason_3,
    max(sentences.sentence) filter (where not sentences.speaks_for_it and sentences.place = 1) as counter_reason_1
from entities
left join sentences using (dataset, entity_id)
group by entities.dataset, entities.entity_id
