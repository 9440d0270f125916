//! Derives `FromJson` (`src/json.rs`) from the same declaration, with the same `#[serde(…)]` words, from which serde's derive makes its
//! `Serialize` and `Deserialize`: one format, said once. Words that it does not know are refused when the program is compiled.

use proc_macro::TokenStream;
use quote::{format_ident, quote};
use syn::{
    Attribute, Data, DeriveInput, Error, Field, Fields, LitStr, Path, Result, Token, Variant, parse_macro_input,
    parse_quote, punctuated::Punctuated,
};

/// Makes a type readable from JSON.
#[proc_macro_derive(FromJson, attributes(serde, json))]
pub fn from_json(input: TokenStream) -> TokenStream {
    let input = parse_macro_input!(input as DeriveInput);
    implementation(input).unwrap_or_else(Error::into_compile_error).into()
}

/// What `#[serde(…)]` says of a type, a variant or a field, as far as reading needs it.
#[derive(Default)]
struct Words {
    rename: Option<String>,
    rename_all: Option<String>,
    /// `try_from = "String"`: any other type is refused.
    is_checked_text: bool,
    /// What stands for a member that is not there.
    default: Option<proc_macro2::TokenStream>,
    /// `with = …`: a member of a foreign type. Its reader is found by its type, but unlike others it must be there, `Option` or not.
    is_foreign: bool,
    /// `#[json(only = …)]`, beside serde's `deserialize_with`: what else of its type is refused.
    only: Option<Path>,
}

impl Words {
    fn of(attributes: &[Attribute]) -> Result<Self> {
        let mut words = Self::default();
        let ours = |attribute: &&Attribute| ["serde", "json"].iter().any(|name| attribute.path().is_ident(name));
        for attribute in attributes.iter().filter(ours) {
            attribute.parse_nested_meta(|meta| {
                let text = || meta.value()?.parse::<LitStr>();
                if meta.path.is_ident("rename") {
                    words.rename = Some(text()?.value());
                } else if meta.path.is_ident("rename_all") {
                    words.rename_all = Some(text()?.value());
                } else if meta.path.is_ident("try_from") && text()?.value() == "String" {
                    words.is_checked_text = true;
                } else if meta.path.is_ident("default") {
                    words.default = Some(match meta.input.peek(Token![=]) {
                        true => {
                            let path: Path = text()?.parse()?;
                            quote!(#path)
                        }
                        false => quote!(Default::default),
                    });
                } else if meta.path.is_ident("with") {
                    words.is_foreign = !text()?.value().is_empty();
                } else if meta.path.is_ident("only") {
                    words.only = Some(text()?.parse()?);
                } else if ["skip_serializing_if", "into", "deserialize_with"].iter().any(|word| meta.path.is_ident(word)) {
                    text()?;
                } else if !meta.path.is_ident("transparent") {
                    return Err(meta.error("FromJson does not know this word of serde's"));
                }
                Ok(())
            })?;
        }
        Ok(words)
    }
}

fn implementation(input: DeriveInput) -> Result<proc_macro2::TokenStream> {
    let name = &input.ident;
    let words = Words::of(&input.attrs)?;
    let body = match &input.data {
        _ if words.is_checked_text => quote! {
            Self::try_from(<String as crate::json::FromJson>::read(json)?)
                .map_err(|_| crate::json::Misread(stringify!(#name)))
        },
        Data::Struct(data) => {
            let made = made(&data.fields)?;
            quote!(Ok(Self #made))
        }
        Data::Enum(data) => variants(name, &data.variants, &words)?,
        Data::Union(_) => return Err(Error::new_spanned(name, "FromJson reads no unions")),
    };
    let mut generics = input.generics.clone();
    for parameter in generics.type_params_mut() {
        parameter.bounds.push(parse_quote!(crate::json::FromJson));
    }
    let (ours, of, condition) = generics.split_for_impl();
    Ok(quote! {
        #[automatically_derived]
        impl #ours crate::json::FromJson for #name #of #condition {
            fn read(json: crate::json::Json<'_>) -> Result<Self, crate::json::Misread> {
                #body
            }
        }
    })
}

/// What stands behind the name of a struct or a variant when it is made of `json`.
fn made(fields: &Fields) -> Result<proc_macro2::TokenStream> {
    match fields {
        Fields::Named(named) => {
            let members = named.named.iter().map(member).collect::<Result<Vec<_>>>()?;
            Ok(quote!({ #(#members),* }))
        }
        Fields::Unnamed(one) if one.unnamed.len() == 1 => Ok(quote!((crate::json::FromJson::read(json)?))),
        other => Err(Error::new_spanned(other, "FromJson reads fields with names, or one without")),
    }
}

fn member(field: &Field) -> Result<proc_macro2::TokenStream> {
    let words = Words::of(&field.attrs)?;
    let name = &field.ident;
    let said = words.rename.unwrap_or_else(|| name.as_ref().map(ToString::to_string).unwrap_or_default());
    let read = match (words.default, words.is_foreign) {
        (Some(default), _) => quote!(json.member_or(#said, #default)?),
        (None, true) => quote!(json.given(#said)?),
        (None, false) => quote!(json.member(#said)?),
    };
    Ok(match words.only {
        Some(only) => quote!(#name: Some(#read).filter(#only).ok_or(crate::json::Misread(#said))?),
        None => quote!(#name: #read),
    })
}

fn variants(
    name: &syn::Ident,
    variants: &Punctuated<Variant, Token![,]>,
    words: &Words,
) -> Result<proc_macro2::TokenStream> {
    let mut names = Vec::new();
    let mut arms = Vec::new();
    for (number, variant) in variants.iter().enumerate() {
        let own = Words::of(&variant.attrs)?;
        let said = variant.ident.to_string();
        names.push(match (own.rename, words.rename_all.as_deref()) {
            (Some(name), _) => name,
            (None, Some("snake_case")) => separated(&said, '_'),
            (None, Some("kebab-case")) => separated(&said, '-'),
            (None, None) => said,
            (None, Some(_)) => return Err(Error::new_spanned(name, "FromJson knows snake_case and kebab-case")),
        });
        let ident = &variant.ident;
        arms.push(match &variant.fields {
            Fields::Unit => quote!((#number, json) if crate::json::is_nothing(json) => Ok(Self::#ident)),
            fields => {
                let made = made(fields)?;
                quote!((#number, Some(json)) => Ok(Self::#ident #made))
            }
        });
    }
    let wrong = format_ident!("{name}").to_string();
    Ok(quote! {
        match json.variant(&[#(#names),*]) {
            #(#arms,)*
            _ => Err(crate::json::Misread(#wrong)),
        }
    })
}

/// `AllOrNothing` → `all_or_nothing`.
fn separated(name: &str, by: char) -> String {
    let mut words = String::new();
    for (at, letter) in name.char_indices() {
        if letter.is_uppercase() && at > 0 {
            words.push(by);
        }
        words.push(letter.to_ascii_lowercase());
    }
    words
}
