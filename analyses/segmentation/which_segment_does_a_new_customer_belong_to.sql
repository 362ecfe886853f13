-- Which segment does a new customer belong to? Runs on the published file as it stands, in any client.
with new_customers as (
    select
        'new' as customer_id,
        'recency_days' as feature,
        12.0 as feature_value
    union all
    select
        'new' as customer_id,
        'frequency' as feature,
        2.0 as feature_value
    union all
    select
        'new' as customer_id,
        'monetary_value' as feature,
        640.5 as feature_value
    union all
    select
        'new' as customer_id,
        'tenure_days' as feature,
        40.0 as feature_value
),

model as (
    select *
    from models.segmentation_features
    where dataset = 'ecommerce'
),

centroids as (
    select *
    from models.segment_centroids
    where dataset = 'ecommerce'
),

clipped as (
    select
        new_customers.customer_id,
        model.*,
        least(greatest(new_customers.feature_value, model.lower_bound), model.upper_bound) as clipped_value
    from new_customers
    inner join model using (feature)
),

scaled as (
    select
        customer_id,
        feature,
        (case when is_log then ln(1 + clipped_value) else clipped_value end - center) / scale as scaled_value
    from clipped
),

distances as (
    select
        scaled.customer_id,
        centroids.segment_id,
        sqrt(sum((scaled.scaled_value - centroids.value) * (scaled.scaled_value - centroids.value))) as distance
    from scaled
    inner join centroids using (feature)
    group by scaled.customer_id, centroids.segment_id
),

ranked as (
    select
        *,
        row_number() over (partition by customer_id order by distance, segment_id) as nearness,
        1 - distance / lead(distance) over (partition by customer_id order by distance, segment_id) as confidence
    from distances
)

select
    ranked.customer_id,
    ranked.segment_id,
    segments.segment_name,
    segments.recommended_action,
    ranked.distance,
    ranked.confidence
from ranked
inner join segmentation.segments as segments
    on ranked.segment_id = segments.segment_id and segments.dataset = 'ecommerce'
where ranked.nearness = 1
order by ranked.customer_id
