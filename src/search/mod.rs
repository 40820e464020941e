//! The index: fields, CJK tokenizer, indexer, query.
