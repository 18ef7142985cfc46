//! The routes of a function: served and described where the API document is made, served alone where it is not.
//!
//! Describing an operation builds the schema of all that it takes and answers. For a function of a dozen operations that was
//! seven tenths of what it did before its first request, for a document that it throws away. So its routes are told to a
//! [`Routes`]: a [`Router`] never asks for the description, and what would make it is not linked.

use axum::Router;
use axum::handler::Handler;
use axum::routing::MethodRouter;
use utoipa_axum::PathItemExt as _;
use utoipa_axum::router::{OpenApiRouter, UtoipaMethodRouter};

/// One path and what answers it.
pub type Served<S> = (String, MethodRouter<S>);

/// Operations in both forms, each made when it is asked for; [`platform::routes!`] writes them down.
pub struct Operations<A, B> {
    /// The paths with their handlers.
    pub served: A,
    /// The same with their descriptions.
    pub described: B,
}

/// What a function tells its routes to.
pub trait Routes: Sized {
    /// What the handlers share.
    type State: Clone + Send + Sync + 'static;

    /// No routes yet.
    #[must_use]
    fn new() -> Self;

    /// These operations too.
    #[must_use]
    fn routes<A, B>(self, operations: Operations<A, B>) -> Self
    where
        A: FnOnce() -> Vec<Served<Self::State>>,
        B: FnOnce() -> UtoipaMethodRouter<Self::State>;

    /// Those of another part of the function too.
    #[must_use]
    fn merge(self, other: Self) -> Self;
}

impl<S: Clone + Send + Sync + 'static> Routes for Router<S> {
    type State = S;

    fn new() -> Self {
        Self::new()
    }

    fn routes<A, B>(self, operations: Operations<A, B>) -> Self
    where
        A: FnOnce() -> Vec<Served<S>>,
        B: FnOnce() -> UtoipaMethodRouter<S>,
    {
        let served = (operations.served)().into_iter();
        served.fold(self, |router, (path, methods)| router.route(&path, methods))
    }

    fn merge(self, other: Self) -> Self {
        Self::merge(self, other)
    }
}

impl<S: Clone + Send + Sync + 'static> Routes for OpenApiRouter<S> {
    type State = S;

    fn new() -> Self {
        Self::new()
    }

    fn routes<A, B>(self, operations: Operations<A, B>) -> Self
    where
        A: FnOnce() -> Vec<Served<S>>,
        B: FnOnce() -> UtoipaMethodRouter<S>,
    {
        Self::routes(self, (operations.described)())
    }

    fn merge(self, other: Self) -> Self {
        Self::merge(self, other)
    }
}

/// The path and the methods of the operation `P` with its handler.
pub fn served<P, H, T, S>(handler: &H) -> Served<S>
where
    P: utoipa::Path,
    H: Handler<T, S>,
    T: 'static,
    S: Clone + Send + Sync + 'static,
{
    let methods = P::methods();
    let on = |router: MethodRouter<S>, method: &utoipa::openapi::HttpMethod| {
        router.on(method.to_method_filter(), handler.clone())
    };
    (P::path(), methods.iter().fold(MethodRouter::new(), on))
}

/// Operations that share a path, by the names of their handlers, each of which has a `#[utoipa::path]`.
#[macro_export]
macro_rules! routes {
    ($($handler:ident),+ $(,)?) => {
        $crate::http::Operations {
            served: || $crate::http::paste! {
                vec![$($crate::http::served::<[<__path_ $handler>], _, _, _>(&$handler)),+]
            },
            described: || $crate::http::utoipa_axum::routes!($($handler),+),
        }
    };
}
