//! Goods of the mini-program (小程序商品): a story with the products that it shows becomes one item, whose page is the story's
//! and whose specifications are the products. Our own id of an item makes a repeat harmless (alipay.open.app.item.create and
//! its neighbours in the official SDK).

mod client;
mod derive;
mod rules;
mod step;

pub use derive::{derive, may_stand};
pub use rules::check;
pub use step::{bar, find, is_of, on_sale, plan, run};

use super::ITEM;
use crate::channels::{
    Account, AccountField, ContentKind, Field, FieldType, LaneDescriptor, LengthUnit, Limit,
    LocalText, PictureFormat, PictureSpec, Preview, PreviewLayout,
};

/// The first picture of an item is its head, the others follow it.
pub const PICTURE: &str = "alipay_item";
/// A picture below the text.
pub const DETAIL: &str = "alipay_item_detail";
/// Side of a head picture in pixels.
pub const SIDE: u32 = 750;
/// A picture below the text is lower than this.
pub const HEIGHT: u32 = 3000;
/// Characters of a title; the text of the query still says 60, so ours stay below.
pub const SHORTEST_TITLE: usize = 3;
pub const LONGEST_TITLE: usize = 100;
/// Characters of the text.
pub const LONGEST_TEXT: usize = 2000;
/// Pictures beside the head, pictures below the text, specifications.
pub const MOST_PICTURES: usize = 3;
pub const MOST_DETAILS: usize = 10;
pub const MOST_SPECS: usize = 50;
/// Bytes of a picture.
pub const LARGEST_PICTURE: u64 = 800_000;
/// What may stand in a title beside Chinese characters, digits and Latin letters. The platform's list is not published.
pub const SYMBOLS: &str = " -_/.,()[]+&%*·~、，。：；！？（）【】《》“”‘’—…×";

/// Setting: the leaf category that items are put in.
pub const CATEGORY: &str = "item_category_id";
/// Setting: how many of a specification are told to be in stock.
pub const STOCK: &str = "item_stock";
/// The most that can be told.
const MOST_STOCK: u32 = 99_999;

/// Whether the stock is a number that can be told.
pub fn stock(account: &Account) -> Option<u32> {
    let stock = account.setting(STOCK, "999").trim().parse();
    stock.ok().filter(|stock| *stock <= MOST_STOCK)
}

const VIEWS: &[Preview] = &[Preview {
    title: Some("item_title"),
    text: Some("item_text"),
    pictures: &[PICTURE],
    ..Preview::new(
        PreviewLayout::Post,
        LocalText::new("商品页", "Page of the item"),
    )
}];

/// The lane.
pub const LANE: LaneDescriptor = LaneDescriptor {
    can_update: true,
    // It is asked for by our id, without a list.
    listing_delay_s: Some(60),
    max_resends: 2,
    ..super::lane(
        ITEM,
        LocalText::new("小程序商品", "Mini-program goods"),
        &[ContentKind::Story],
        VIEWS,
    )
};

const fn field(
    name: &'static str,
    label: LocalText,
    kind: FieldType,
    limit: Option<Limit>,
) -> Field {
    Field {
        kinds: &[ContentKind::Story],
        // A story that shows no product has none of them.
        required: false,
        ..Field::new(name, label, kind, &[ITEM], limit)
    }
}

/// What readers know it as.
pub const TITLE_FIELD: Field = field(
    "item_title",
    LocalText::new("商品名称", "Name of the item"),
    FieldType::Text,
    Some(Limit {
        min: 3,
        max: 100,
        unit: LengthUnit::Characters,
    }),
);

/// What stands on its page.
pub const TEXT_FIELD: Field = field(
    "item_text",
    LocalText::new("商品详情", "Text of the item"),
    FieldType::LongText,
    Some(Limit::up_to(2000, LengthUnit::Characters)),
);

/// Its specifications: the products.
pub const SPECS_FIELD: Field = Field {
    editable: false,
    ..field(
        "item_specs",
        LocalText::new("规格与价格", "Specifications and prices"),
        FieldType::Json,
        None,
    )
};

/// By what the platform finds it again.
pub const ID_FIELD: Field = Field {
    editable: false,
    ..field(
        "out_item_id",
        LocalText::new("商家侧商品编号", "Our id of the item"),
        FieldType::Text,
        None,
    )
};

/// Where it leads.
pub const PATH_FIELD: Field = field(
    "item_path",
    LocalText::new("商品详情页路径", "Path of its page"),
    FieldType::Text,
    None,
);

/// The first is the head picture, the others stand beside it.
pub const ITEM_PICTURE: PictureSpec = PictureSpec {
    name: PICTURE,
    label: LocalText::new("1:1 商品图", "1:1 picture of the item"),
    width: SIDE,
    height: SIDE,
    min_width: SIDE,
    min_height: SIDE,
    max_bytes: LARGEST_PICTURE,
    format: PictureFormat::Jpeg,
    crop: true,
};

/// Pictures below the text keep their ratio.
pub const DETAIL_PICTURE: PictureSpec = PictureSpec {
    name: DETAIL,
    label: LocalText::new("商品详情图", "Picture below the text"),
    height: HEIGHT - 1,
    min_height: 1,
    crop: false,
    ..ITEM_PICTURE
};

/// The leaf category that items are put in.
pub const CATEGORY_FIELD: AccountField = AccountField::new(
    CATEGORY,
    LocalText::new("商品类目 ID", "Category of goods"),
    LocalText::new(
        "登记小程序商品时填写：开放平台商品类目表里的叶子类目",
        "To register goods: a leaf of the open platform's table of categories",
    ),
    false,
    Some(""),
);

/// What is told to be in stock of each specification.
pub const STOCK_FIELD: AccountField = AccountField::new(
    STOCK,
    LocalText::new("商品库存", "Stock of goods"),
    LocalText::new(
        "登记商品时每个规格填的库存，0 到 99999",
        "What is told to be in stock of each specification, 0 to 99999",
    ),
    false,
    Some("999"),
);
