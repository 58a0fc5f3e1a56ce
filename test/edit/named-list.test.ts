import { describe, expect, test } from 'vitest';
import { NamedList } from '../../src/edit/named-list.js';

const listOf = (...items: string[]) => new NamedList(items, (item) => item.slice(0, 1));

describe('NamedList', () => {
  test('changes the first of a name, and keeps the order', () => {
    const list = listOf('a1', 'b1', 'a2');
    list.replaceFirst('a', 'a3');
    list.add('c1');
    expect([list.toArray(), list.first('a'), list.first('x')]).toEqual([['a3', 'b1', 'a2', 'c1'], 'a3', undefined]);
  });

  test('after a removal the next of the name is the first', () => {
    const list = listOf('a1', 'b1', 'a2');
    list.replaceFirst('a', undefined);
    list.replaceFirst('x', 'x1');
    expect([list.toArray(), list.first('a')]).toEqual([['b1', 'a2'], 'a2']);
    list.replaceFirst('a', undefined);
    expect([list.toArray(), list.first('a')]).toEqual([['b1'], undefined]);
  });

  test('an item under another name stands where it stood', () => {
    const list = listOf('a1', 'b1', 'b2');
    list.replaceFirst('a', 'b0');
    expect([list.toArray(), list.first('a'), list.first('b')]).toEqual([['b0', 'b1', 'b2'], undefined, 'b0']);
    list.replaceFirst('b', undefined);
    list.replaceFirst('b', 'a1');
    expect(list.toArray()).toEqual(['a1', 'b2']);
  });

  test('changes all of a name', () => {
    const list = listOf('a1', 'b1', 'a2');
    list.changeAll('a', (item) => `${item}!`);
    expect(list.toArray()).toEqual(['a1!', 'b1', 'a2!']);
  });
});
