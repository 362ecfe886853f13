with typed as materialized (
    {{ typed_rows('ecommerce', source('ecommerce', 'online_retail')) }}
),

non_product_codes as (
    select * from {{ ref('non_product_codes') }}
),

non_products as (
    select distinct typed.stock_code
    from typed
    inner join non_product_codes as codes
        on
            upper(typed.stock_code) = codes.code
            or (codes.is_prefix and starts_with(upper(typed.stock_code), codes.code))
),

duplicates as (
    {{ surplus_rows(
        'typed',
        key=[
            'problems is null', 'invoice_no', 'stock_code', 'description', 'quantity', 'invoice_date', 'unit_price', 'customer_id',
            'country', 'currency'
        ],
        order_by='file, row_number'
    ) }}
),

flagged as (
    select
        typed.*,
        starts_with(typed.invoice_no, 'C') as is_cancelled,
        non_products.stock_code is not null as is_non_product,
        duplicates.row_number is not null as is_duplicate
    from typed
    left join non_products using (stock_code)
    left join duplicates using (file, row_number)
)

select
    * exclude (raw_row, problems),
    case when problems is not null then raw_row end as raw_row,
    null::varchar as flags,
    problems as reject_reason,
    {{ joined_reasons([
        reason('is_forgotten', 'forgotten'),
        reason('is_cancelled', 'invoice is cancelled'),
        reason("starts_with(invoice_no, 'A')", 'invoice is a bad debt'),
        reason('is_non_product', 'stock_code is no product'),
        reason('quantity <= 0', 'quantity is at or below zero'),
        reason('unit_price <= 0', 'unit_price is at or below zero'),
        reason('customer_id is null', 'customer_id is missing'),
        reason('is_duplicate', 'a duplicate of another line'),
    ]) }} as exclusion_rule
from flagged
