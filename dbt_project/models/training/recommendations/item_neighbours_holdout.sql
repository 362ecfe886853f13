{{ item_neighbours('holdout') }}
