"""A network as a graph, as data: nodes and edges with names, trees and numbers. How it is drawn is the views' part."""
