//! The graph of references, both in the description and between the model's types.

use petgraph::{
    algo::kosaraju_scc,
    graph::{DiGraph, NodeIndex},
    visit::{Dfs, Reversed},
};

/// A graph of nodes that are numbered from 0.
#[derive(Debug)]
pub struct Graph {
    graph: DiGraph<(), ()>,
    /// For each node, the number of the strongly connected component that it is in.
    components: Vec<usize>,
}

impl Graph {
    /// The graph in which each node refers to those listed for it.
    #[must_use]
    pub fn new(edges: &[Vec<usize>]) -> Self {
        let mut graph = DiGraph::with_capacity(edges.len(), edges.iter().map(Vec::len).sum());
        for _ in edges {
            graph.add_node(());
        }
        for (from, targets) in edges.iter().enumerate() {
            for to in targets {
                graph.add_edge(NodeIndex::new(from), NodeIndex::new(*to), ());
            }
        }
        let mut components = vec![0; edges.len()];
        for (number, component) in kosaraju_scc(&graph).into_iter().enumerate() {
            for node in component {
                components[node.index()] = number;
            }
        }
        Self { graph, components }
    }

    /// Every node with one that it refers to, in the order of the former.
    pub fn edges(&self) -> impl Iterator<Item = (usize, usize)> {
        let edges = self.graph.raw_edges().iter();
        edges.map(|edge| (edge.source().index(), edge.target().index()))
    }

    /// For each node, whether it is one of these or they lead to it.
    #[must_use]
    pub fn reachable(&self, from: impl IntoIterator<Item = usize>) -> Vec<bool> {
        let mut search = Dfs::empty(&self.graph);
        let mut found = vec![false; self.components.len()];
        for node in from {
            search.move_to(NodeIndex::new(node));
            while let Some(node) = search.next(&self.graph) {
                found[node.index()] = true;
            }
        }
        found
    }

    /// For each node, whether it is one of these or leads to one.
    #[must_use]
    pub fn reaching(&self, to: impl IntoIterator<Item = usize>) -> Vec<bool> {
        let reversed = Reversed(&self.graph);
        let mut search = Dfs::empty(reversed);
        let mut found = vec![false; self.components.len()];
        for node in to {
            search.move_to(NodeIndex::new(node));
            while let Some(node) = search.next(reversed) {
                found[node.index()] = true;
            }
        }
        found
    }

    /// Every node, after those that it leads to; of those that lead to each other, one that refers to itself comes first.
    #[must_use]
    pub fn innermost_first(&self) -> Vec<usize> {
        let mut nodes = (0..self.components.len()).collect::<Vec<_>>();
        let is_loop = |node: usize| self.graph.contains_edge(NodeIndex::new(node), NodeIndex::new(node));
        // Components are numbered in their postorder.
        nodes.sort_by_key(|node| (self.components[*node], !is_loop(*node), *node));
        nodes
    }

    /// Whether `to`, which `from` refers to, leads back to `from`.
    #[must_use]
    pub fn is_cycle(&self, from: usize, to: usize) -> bool {
        self.components[from] == self.components[to]
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_leads_where_is_known_of_circles_too() {
        // 0 -> 1 <-> 2 -> 3, and 4 alone.
        let graph = Graph::new(&[vec![1], vec![2], vec![1, 3], vec![], vec![]]);
        assert_eq!(graph.reachable([1]), [false, true, true, true, false]);
        assert_eq!(graph.reaching([1]), [true, true, true, false, false]);
        assert_eq!(graph.reaching([4, 3]), [true, true, true, true, true]);
        let circles = [(0, 1), (1, 2), (2, 1), (2, 3)].map(|(from, to)| graph.is_cycle(from, to));
        assert_eq!(circles, [false, true, true, false]);
        let order = graph.innermost_first();
        let place = |node: usize| order.iter().position(|other| *other == node);
        assert!(place(3) < place(1) && place(1) < place(0), "{order:?}");
    }
}
