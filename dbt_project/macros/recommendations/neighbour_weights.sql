{#
    CTEs that end in `neighbour_weights`: the cosine neighbours of every entity (a user or a
    product) on 'rated or not', weight = (common / (sqrt(n_a * n_b) + shrinkage)) ^ power, the best
    n per entity. `histories` has fold, entity, other; `fits` has model_name and params.
#}
{% macro neighbour_weights(histories, fits) %}
settings as (
    select
        model_name,
        (params ->> '$.power')::double as power,
        (params ->> '$.shrinkage')::double as shrinkage,
        (params ->> '$.neighbours')::integer as neighbours
    from {{ fits }}
),

-- Nothing to join where the algorithm was not fitted.
wanted_histories as (
    select * from {{ histories }}
    where (select count(*) from settings) > 0
),

sizes as (
    select
        fold,
        entity,
        count(*) as size
    from wanted_histories
    group by fold, entity
),

-- Each pair once, the lower number first; it is turned round below.
common_others as (
    select
        a.fold,
        a.entity,
        b.entity as neighbour,
        count(*) as common
    from wanted_histories as a
    inner join wanted_histories as b
        on
            a.fold = b.fold
            and a.other = b.other
            and a.entity < b.entity
    group by a.fold, a.entity, b.entity
),

pair_weights as (
    select
        settings.model_name,
        settings.neighbours,
        pairs.fold,
        pairs.entity,
        pairs.neighbour,
        {{ rounded('pow(pairs.common / (sqrt(own.size * theirs.size) + settings.shrinkage), settings.power)') }} as weight
    from common_others as pairs
    inner join sizes as own on pairs.fold = own.fold and pairs.entity = own.entity
    inner join sizes as theirs on pairs.fold = theirs.fold and pairs.neighbour = theirs.entity
    cross join settings
),

directed_weights as (
    select
        model_name,
        neighbours,
        fold,
        weight,
        unnest([entity, neighbour]) as entity,
        unnest([neighbour, entity]) as neighbour
    from pair_weights
    where weight > 0
),

best_neighbours as (
    select
        model_name,
        fold,
        entity,
        {{ best_of('weight', 'neighbour', 'neighbours') }} as best
    from directed_weights
    group by model_name, fold, entity
),

neighbour_weights as (
    {{ unnested_best('best_neighbours', 'model_name, fold, entity', 'neighbour', 'weight') }}
)
{% endmacro %}
